// Each event of the stream → a change of the store. One table; an event it lacks is ignored.
import { setServerNow } from '../text/clock.js';
import { get, set, update } from './store.js';
import { changeMessage, dropMessage, putMessage } from './timeline.js';

const INSPECTOR_KEPT = 500;

const byId = (items) => Object.fromEntries(items.map((item) => [item.id, item]));
const put = (key, item) => update(key, (all = {}) => ({ ...all, [item.id]: item }));

/** Fills the store from a bootstrap answer. */
export function takeBootstrap(answer) {
  setServerNow(answer.now);
  set('session', { team: answer.team, me: answer.me, people: answer.people, commands: answer.commands, shortcuts: answer.shortcuts });
  set('users', byId(answer.users));
  set('groups', byId(answer.groups ?? []));
  set('channels', byId(answer.channels));
  set('apps', byId(answer.apps));
  set('modals', answer.modals ?? []);
}

function unread({ channel_id: id, ...marks }) {
  const channel = get('channels')[id];
  if (!channel) return;
  const { unread: count, mentions, last_read: lastRead, latest } = marks;
  put('channels', { ...channel, unread: count, mentions, last_read: lastRead, latest });
}

function inspected({ entry }) {
  const entries = get('inspector');
  if (!entries) return;
  const at = entries.findIndex((one) => one.seq === entry.seq);
  set('inspector', at < 0 ? [...entries, entry].slice(-INSPECTOR_KEPT) : entries.with(at, entry));
}

const HANDLERS = {
  hello: ({ now }) => setServerNow(now),
  clock: ({ now }) => setServerNow(now),
  message: ({ channel, message }) => putMessage(channel, message),
  message_changed: ({ channel, message }) => changeMessage(channel, message),
  message_deleted: ({ channel, ts }) => dropMessage(channel, ts),
  ephemeral: ({ channel, message }) => putMessage(channel, { ...message, ephemeral: true }),
  ephemeral_changed: ({ channel, message }) => changeMessage(channel, { ...message, ephemeral: true }),
  ephemeral_deleted: ({ channel, ts }) => dropMessage(channel, ts),
  channel: ({ channel }) => put('channels', channel),
  channel_removed: ({ channel_id: id }) => update('channels', ({ [id]: _gone, ...rest }) => rest),
  unread,
  user: ({ user }) => put('users', user),
  group: ({ group }) => put('groups', group),
  app: ({ app }) => put('apps', app),
  modals: ({ stack }) => set('modals', stack),
  home: ({ app_id: id, view }) => set(`home ${id}`, view),
  toast: ({ level, text }) => toast(level, text),
  inspector: inspected,
  faults: ({ faults }) => set('faults', faults),
};

/** Applies events in order. Many updates of one message in one frame leave only the last to be drawn. */
export function takeEvents(events) {
  events.forEach((event) => HANDLERS[event.type]?.(event));
}

let lastToast = 0;

/** A short notice in the corner; `level` is info, warning or error. */
export function toast(level, text) {
  lastToast += 1;
  update('toasts', (all = []) => [...all, { id: lastToast, level, text }].slice(-4));
}

export const dropToast = (id) => update('toasts', (all = []) => all.filter((one) => one.id !== id));
