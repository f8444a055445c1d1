// The messages of a channel, oldest at the top. The newest are drawn at once, older ones a few at a time while
// the browser is idle, so that a long channel never holds the page up.
import { html, memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from '../lib.js';
import { loadOlder, markRead } from '../state/session.js';
import { get, useStore } from '../state/store.js';
import { messageKey, timelineKey } from '../state/timeline.js';
import { dayDivider, isoDay } from '../text/dates.js';
import { useDirectory, useNow } from '../text/directory.js';
import { Message } from './message.js';

const FIRST_DRAWN = 30;
const STEP_DRAWN = 8;
const COMPACT_WITHIN_S = 300;
const NEAR_BOTTOM_PX = 80;
const NEAR_TOP_PX = 300;
const READ_AFTER_MS = 500;

/**
 * Rows of a list: `{ts, day, fresh, compact}`: a day divider, the mark of new messages, and whether the name is repeated.
 * `unseen`: `{after, until}`, what was unread when the reader came; what arrives later is seen as it arrives.
 */
export function rowsOf(order, messageOf, { zone, unseen }) {
  const firstUnseen = unseen && order.find((ts) => ts > unseen.after && ts <= unseen.until);
  let previous = null;
  return order.map((ts) => {
    const message = messageOf(ts);
    const day = isoDay(Number(ts), zone);
    const first = !previous || previous.day !== day;
    const fresh = ts === firstUnseen;
    const together = previous && previous.message?.user === message?.user && previous.message?.username === message?.username && !message?.ephemeral && !previous.message?.ephemeral
      && Number(ts) - Number(previous.ts) < COMPACT_WITHIN_S;
    previous = { ts, message, day };
    return { ts, day: first ? day : null, fresh, compact: Boolean(together) && !first && !fresh };
  });
}

const idle = (work) => (window.requestIdleCallback ? requestIdleCallback(work, { timeout: 250 }) : setTimeout(work, 50));
const noIdle = (handle) => (window.cancelIdleCallback ? cancelIdleCallback(handle) : clearTimeout(handle));

/** How many of the newest are drawn: grows while the browser has nothing else to do. */
function useDrawn(channel, total) {
  const [drawn, setDrawn] = useState({ channel, count: FIRST_DRAWN });
  const count = drawn.channel === channel ? drawn.count : FIRST_DRAWN;
  useEffect(() => {
    if (count >= total) return undefined;
    const handle = idle(() => setDrawn({ channel, count: count + STEP_DRAWN }));
    return () => noIdle(handle);
  }, [channel, count, total]);
  return Math.min(count, total);
}

/** Keeps the newest message in view when the reader is at the end, and the same messages in view otherwise. */
export function useStick(box, channel, signature) {
  const state = useRef({ atEnd: true, top: 0, channel: null });
  useLayoutEffect(() => {
    const element = box.current;
    if (state.current.channel !== channel) state.current = { atEnd: true, top: 0, channel };
    follow(state.current, element);
  }, [channel, signature]);
  useEffect(() => {
    const element = box.current;
    const watch = new ResizeObserver(() => follow(state.current, element));
    watch.observe(element);
    if (element.firstElementChild) watch.observe(element.firstElementChild);
    return () => watch.disconnect();
  }, [channel]);
  return state;
}

function follow(state, element) {
  if (!state.atEnd) return;
  element.scrollTop = element.scrollHeight;
  state.top = element.scrollTop;
}

/** Takes note of a scroll. Only going up leaves the end: a message may grow before the browser tells of scrolling to it. */
export function noteScroll(state, element) {
  state.atEnd = isAtEnd(element) || (state.atEnd && element.scrollTop >= state.top);
  state.top = element.scrollTop;
}

/** Whether a list shows its end, or near enough. */
const isAtEnd = (element) => element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_BOTTOM_PX;

export function Timeline({ channel }) {
  const line = useStore(timelineKey(channel.id)) ?? { order: [], hasMore: false, loaded: false };
  const unseen = useStore('unseen');
  const { zone } = useDirectory();
  const now = useNow();
  const box = useRef(null);
  const drawn = useDrawn(channel.id, line.order.length);
  const rows = useMemo(() => rowsOf(line.order, (ts) => get(messageKey(channel.id, ts)), { zone, unseen: unseen?.channel === channel.id ? unseen : null }), [line.order, zone, unseen, channel.id]);
  const stick = useStick(box, channel.id, `${line.order.at(-1)} ${drawn}`);
  const busy = useRef(false);
  useReading(channel.id, line.order.at(-1), stick);
  const scrolled = async () => {
    const element = box.current;
    noteScroll(stick.current, element);
    if (element.scrollTop > NEAR_TOP_PX || !line.hasMore || busy.current || drawn < line.order.length) return;
    busy.current = true;
    await loadOlder(channel.id);
    busy.current = false;
  };
  return html`<div class="timeline" ref=${box} onScroll=${scrolled} tabindex="0" role="log" aria-label=${`Messages in ${channel.name || 'direct message'}`} aria-live="polite" aria-relevant="additions" onKeyDown=${moveFocus}>
    <div class="timeline-inner">
      ${line.loaded && !line.hasMore && drawn === line.order.length && html`<div class="timeline-start"><strong>${channel.name ? `#${channel.name}` : 'This conversation'}</strong> begins here.${channel.purpose && html` <span class="quiet">${channel.purpose}</span>`}</div>`}
      ${rows.slice(rows.length - drawn).map((row) => html`<${Row} key=${row.ts} channel=${channel.id} ts=${row.ts} fresh=${row.fresh} compact=${row.compact} day=${row.day && dayDivider(Number(row.ts), zone, now)} />`)}
    </div>
  </div>`;
}

/** A message with what stands above it. Takes plain values only, so that a row that stays the same is not even compared. */
export const Row = memo(({ channel, ts, day, fresh, compact, inThread = false }) => html`
  ${day && html`<div class="day" role="separator"><span>${day}</span></div>`}
  ${fresh && html`<div class="fresh" role="separator"><span>New</span></div>`}
  <${Message} channel=${channel} ts=${ts} compact=${compact} inThread=${inThread} />`);

/** Arrow keys walk from message to message once one has the focus. */
export function moveFocus(event) {
  if (!['ArrowUp', 'ArrowDown'].includes(event.key)) return;
  const here = event.target.closest('.message');
  if (event.target !== here && event.target !== event.currentTarget) return;
  const all = [...event.currentTarget.querySelectorAll('.message')];
  const at = here ? all.indexOf(here) + (event.key === 'ArrowDown' ? 1 : -1) : all.length - 1;
  if (!all[at]) return;
  event.preventDefault();
  all[at].focus();
}

/** A channel that is looked at, at its end, is read. */
function useReading(id, newest, stick) {
  useEffect(() => {
    const read = () => { if (document.visibilityState === 'visible' && stick.current.atEnd) markRead(id); };
    const timer = setTimeout(read, READ_AFTER_MS);
    document.addEventListener('visibilitychange', read);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', read);
    };
  }, [id, newest]);
}
