// The threads pane: a message and its replies.
import { html, useMemo, useRef } from '../lib.js';
import { Icon } from '../icons.js';
import { closeThread } from '../state/session.js';
import { get, useStore } from '../state/store.js';
import { messageKey, threadKey } from '../state/timeline.js';
import { channelTitle } from '../elements/options.js';
import { useDirectory } from '../text/directory.js';
import { Composer } from './composer.js';
import { moveFocus, noteScroll, Row, rowsOf, useStick } from './timeline.js';

export function ThreadPane({ channel: id, ts }) {
  const thread = useStore(threadKey(id, ts));
  const channel = useStore('channels')[id];
  const { zone, users } = useDirectory();
  const box = useRef(null);
  const order = thread?.order ?? [];
  const rows = useMemo(() => rowsOf(order, (one) => get(messageKey(id, one)), { zone, unseen: null }), [thread, zone, id]);
  const stick = useStick(box, `${id} ${ts}`, order.at(-1));
  const close = (event) => { if (event.key === 'Escape' && !event.defaultPrevented) closeThread(); };
  return html`<aside class="side" aria-label="Thread" onKeyDown=${close}>
    <header class="pane-head"><h2>Thread</h2><span class="quiet">${channel ? `${channel.name ? '#' : ''}${channelTitle(channel, users)}` : ''}</span><span class="spring"></span>
      <button type="button" class="icon-button" aria-label="Close thread" onClick=${closeThread}><${Icon} name="close" /></button></header>
    <div class="timeline" ref=${box} tabindex="0" role="log" aria-label="Replies" aria-live="polite" aria-relevant="additions" onKeyDown=${moveFocus}
      onScroll=${() => { noteScroll(stick.current, box.current); }}>
      <div class="timeline-inner thread-inner">
        ${rows.map((row, i) => html`<${Row} key=${row.ts} channel=${id} ts=${row.ts} compact=${i > 1 && row.compact} inThread />
          ${i === 0 && rows.length > 1 && html`<div class="reply-line" key="line" role="separator"><span>${rows.length - 1} ${rows.length === 2 ? 'reply' : 'replies'}</span></div>`}`)}
      </div>
    </div>
    ${channel && !channel.is_archived && html`<${Composer} channel=${id} threadTs=${ts} placeholder="Reply…" />`}
  </aside>`;
}
