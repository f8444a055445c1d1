// What a channel and a thread hold: ordered lists of ts, and each message under its own key.
import { get, remove, removeWhere, set, update } from './store.js';

export const messageKey = (channel, ts) => `message ${channel} ${ts}`;
export const timelineKey = (channel) => `timeline ${channel}`;
export const threadKey = (channel, ts) => `thread ${channel} ${ts}`;

const EMPTY = { order: [], hasMore: false, loaded: false };

/** The list with `ts` in its place; the same list when it is there. Mostly it belongs at the end. */
function withTs(order, ts) {
  let at = order.length;
  while (at > 0 && order[at - 1] > ts) at -= 1;
  if (order[at - 1] === ts) return order;
  return [...order.slice(0, at), ts, ...order.slice(at)];
}

const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;

/** Keeps a message, new or changed, where it belongs. */
export function putMessage(channel, message) {
  set(messageKey(channel, message.ts), message);
  if (!isReply(message) || message.subtype === 'thread_broadcast') {
    update(timelineKey(channel), (line = EMPTY) => {
      const order = withTs(line.order, message.ts);
      return order === line.order ? line : { ...line, order };
    });
  }
  if (isReply(message)) {
    const key = threadKey(channel, message.thread_ts);
    const thread = get(key);
    if (!thread) return;
    const order = withTs(thread.order, message.ts);
    if (order !== thread.order) set(key, { ...thread, order });
  }
}

/** A change to a message that nobody here has seen is no news: it is older than what is loaded. */
export function changeMessage(channel, message) {
  if (get(messageKey(channel, message.ts))) putMessage(channel, message);
}

export function dropMessage(channel, ts) {
  const threadTs = get(messageKey(channel, ts))?.thread_ts;
  const without = (line) => (line?.order.includes(ts) ? { ...line, order: line.order.filter((one) => one !== ts) } : line);
  update(timelineKey(channel), without);
  if (threadTs) update(threadKey(channel, threadTs), without);
  remove(messageKey(channel, ts));
}

/** Keeps a page of older messages. */
export function putPage(channel, messages, hasMore) {
  messages.forEach((message) => set(messageKey(channel, message.ts), message));
  update(timelineKey(channel), (line = EMPTY) => ({
    order: [...new Set([...messages.map((message) => message.ts), ...line.order])].sort(), hasMore, loaded: true,
  }));
}

export function putThread(channel, ts, messages) {
  messages.forEach((message) => set(messageKey(channel, message.ts), message));
  const hidden = (get(threadKey(channel, ts))?.order ?? []).filter((one) => get(messageKey(channel, one))?.ephemeral);
  set(threadKey(channel, ts), { order: [...new Set([...messages.map((message) => message.ts), ...hidden])].sort(), loaded: true });
}

/** Forgets every message: another person looks now, or the connection was lost. */
export function forgetMessages() {
  removeWhere((key) => /^(message|timeline|thread) /.test(key));
}
