// Each event of the stream → a change of the store. One table; an event it lacks is ignored.
import { setServerNow } from '../text/clock.js';
import { get, set, update } from './store.js';
import { changeMessage, dropMessage, putMessage } from './timeline.js';

const INSPECTOR_KEPT = 500;

const MARKS = ['last_read', 'unread', 'mentions', 'latest'];

const byId = (items) => Object.fromEntries(items.map((item) => [item.id, item]));
const put = (key, item) => update(key, (all = {}) => ({ ...all, [item.id]: item }));

/** Fills the store from a bootstrap answer. */
export function takeBootstrap(answer) {
  setServerNow(answer.now);
  set('session', { team: answer.team, me: answer.me, people: answer.people, commands: answer.commands, shortcuts: answer.shortcuts });
  set('users', byId(answer.users));
  set('groups', byId(answer.groups ?? []));
  set('channels', {});
  set('marks', {});
  answer.channels.forEach(putChannel);
  set('apps', byId(answer.apps));
  set('modals', answer.modals ?? []);
}

/**
 * Keeps a channel, and its marks apart from it: they change with every message, and whatever draws a channel's
 * name should not be drawn again for that.
 */
export function putChannel(channel) {
  const known = Object.fromEntries(Object.entries(channel).filter(([name]) => !MARKS.includes(name)));
  if (JSON.stringify(known) !== JSON.stringify(get('channels')[channel.id])) put('channels', known);
  putMarks(channel.id, channel);
}

/** Keeps what is unread in a channel: `{unread, mentions, last_read, latest}`, or a part of it. */
export function putMarks(id, marks) {
  const told = MARKS.filter((name) => marks[name] !== undefined).map((name) => [name, marks[name]]);
  update('marks', (all) => ({ ...all, [id]: { ...all[id], ...Object.fromEntries(told) } }));
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
  channel: ({ channel }) => putChannel(channel),
  channel_removed: ({ channel_id: id }) => update('channels', ({ [id]: _gone, ...rest }) => rest),
  unread: ({ channel_id: id, ...marks }) => putMarks(id, marks),
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
