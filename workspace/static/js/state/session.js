// Who is looking, at what, and the calls that bring it in.
import { Form } from '../blocks/surface.js';
import { actor, control, fetchJson, post, setActor } from './api.js';
import { putChannel, putMarks, takeBootstrap, takeEvents, toast } from './events.js';
import { get, set } from './store.js';
import { Stream } from './stream.js';
import { forgetMessages, putPage, putThread, timelineKey } from './timeline.js';

const PAGE_MESSAGES = 100;
const forms = new Map();
let stream = null;

/** The form of one surface; it lives as long as the page shows that surface. */
export function formOf(key, values) {
  if (!forms.has(key)) forms.set(key, new Form(values));
  return forms.get(key);
}

export const dropForm = (key) => forms.delete(key);

/** Opens the workspace as a person (null: whoever the server proposes). */
export async function start(as) {
  setActor(as);
  if (!(await bootstrap())) return;
  setActor(get('session').me);
  sessionStorage.setItem('act-as', actor());
  openStream();
  readRoute();
  loadFaults();
}

/** Which faults are in force: the page warns of them even when nobody looks at their panel. */
export async function loadFaults() {
  const answer = await control('GET', 'faults');
  if (answer.ok !== false) set('faults', answer.faults);
}

async function bootstrap() {
  const answer = await fetchJson('bootstrap');
  if (answer.ok === false) {
    set('connection', 'lost');
    toast('error', answer.message);
    return false;
  }
  takeBootstrap(answer);
  return true;
}

function openStream() {
  stream?.close();
  let first = true;
  stream = new Stream({
    as: actor(),
    onEvents: (events) => (events.some((event) => event.type === 'reset') ? restart() : takeEvents(events)),
    onState: (state) => {
      set('connection', state);
      if (state === 'open' && !first) reload();
      if (state === 'open') first = false;
    },
  });
}

/** After a lost connection: everything again, what was open stays open. */
async function reload() {
  if (!(await bootstrap())) return;
  const before = get('place');
  const thread = get('thread');
  forgetMessages();
  if (before?.kind === 'channel') await loadChannel(before.id);
  if (thread) await loadThread(thread.channel, thread.ts);
}

async function restart() {
  forms.clear();
  forgetMessages();
  await start(actor());
}

/** Becomes another person: nothing of what the first saw stays. */
export async function actAs(id) {
  stream?.close();
  forms.clear();
  forgetMessages();
  set('thread', null);
  set('place', null);
  set('inspector', undefined);
  await start(id);
}

export async function loadChannel(id) {
  const answer = await fetchJson(`channels/${id}/messages?limit=${PAGE_MESSAGES}`);
  if (answer.ok === false) return toast('error', answer.message);
  return putPage(id, answer.messages, answer.has_more);
}

/** Brings in what came before the oldest message here. */
export async function loadOlder(id) {
  const line = get(timelineKey(id));
  const answer = await fetchJson(`channels/${id}/messages?limit=${PAGE_MESSAGES}&before=${line.order[0]}`);
  if (answer.ok !== false) putPage(id, answer.messages, answer.has_more);
}

export async function loadThread(channel, ts) {
  const answer = await fetchJson(`channels/${channel}/threads/${ts}`);
  if (answer.ok === false) return toast('error', answer.message);
  return putThread(channel, ts, answer.messages);
}

/** Shows a place: `{kind: "channel", id}` or `{kind: "app", id}`; the address bar follows. */
export function show(place, { thread = null } = {}) {
  leaveHome(place);
  set('sidebar', false);
  set('place', place);
  set('thread', thread);
  writeRoute();
  if (place.kind !== 'channel') return;
  const marks = get('marks')[place.id];
  set('unseen', marks?.unread > 0 ? { channel: place.id, after: marks.last_read, until: marks.latest } : null);
  if (!get(timelineKey(place.id))?.loaded) loadChannel(place.id);
}

function leaveHome(next) {
  const before = get('place');
  if (before?.kind === 'app' && before.id !== next.id) post(`home/${before.id}/close`);
}

export const showChannel = (id) => show({ kind: 'channel', id });
export const showApp = (id) => show({ kind: 'app', id });

export function showThread(channel, ts) {
  set('panel', null);
  set('thread', { channel, ts });
  writeRoute();
  loadThread(channel, ts);
}

export function closeThread() {
  set('thread', null);
  writeRoute();
}

function writeRoute() {
  const place = get('place');
  const thread = get('thread');
  const parts = place ? [place.kind, place.id, ...(thread ? [thread.ts] : [])] : [];
  history.replaceState(null, '', `#/${parts.join('/')}`);
}

function readRoute() {
  const [, kind, id, ts] = location.hash.split('/');
  const channels = get('channels');
  if (kind === 'app' && get('apps')[id]) return showApp(id);
  const target = kind === 'channel' && channels[id] ? id : firstChannel(channels);
  if (!target) return undefined;
  showChannel(target);
  if (ts && target === id) showThread(id, ts);
  return undefined;
}

const firstChannel = (channels) => (Object.values(channels).find((channel) => channel.is_member && channel.kind === 'public') ?? Object.values(channels)[0])?.id;

/** Marks a channel as read up to its newest message. */
export function markRead(id) {
  const order = get(timelineKey(id))?.order ?? [];
  const marks = get('marks')[id];
  const ts = order[order.length - 1];
  if (!ts || !get('channels')[id]?.is_member || (marks.last_read >= ts && !marks.unread)) return;
  putMarks(id, { unread: 0, mentions: 0, last_read: ts });
  post(`channels/${id}/read`, { ts });
}

/** Opens the direct messages with people. */
export async function showDm(users) {
  const answer = await post('dms', { users });
  if (answer.ok === false) return toast('error', answer.message);
  putChannel(answer.channel);
  return showChannel(answer.channel.id);
}
