// Making the workspace misbehave, on purpose.
import { html, list, str, useEffect, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { control } from '../state/api.js';
import { toast } from '../state/events.js';
import { loadFaults } from '../state/session.js';
import { set, useStore } from '../state/store.js';
import { useNow } from '../text/directory.js';

const PAYLOADS = ['*', 'slash_commands', 'block_actions', 'view_submission', 'view_closed', 'block_suggestion', 'shortcut', 'message_action', 'events_api'];
const late = (text, value) => ({ name: 'seconds_late', text, type: 'number', value });
const payload = { name: 'payload', text: 'Payload', choices: PAYLOADS };

/** Kinds of fault, in words, and the fields each of them has. */
const KINDS = {
  ack: { title: 'Acknowledgements lost or slow', fields: [payload, { name: 'mode', text: 'How', choices: ['lost', 'slow'] }, late('Seconds late (slow)', 4)] },
  api: {
    title: 'API answers an error',
    fields: [{ name: 'method', text: 'Method', value: '*' }, { name: 'status', text: 'Status', choices: ['429', '500', '503', '200'], number: true }, { name: 'error', text: 'Error code (status 200)', value: '' },
      { name: 'retry_after', text: 'Retry after, s', type: 'number', value: 2 }, { name: 'delay_seconds', text: 'Delay, s', type: 'number', value: 0 }, { name: 'after', text: 'Carry the call out first', type: 'checkbox' }],
  },
  duplicate: { title: 'Deliveries come twice', fields: [payload, late('Seconds between', 1)] },
  late: { title: 'Deliveries come late', fields: [payload, late('Seconds late', 5)] },
  delivery: { title: 'Deliveries are lost', fields: [payload] },
  signature: { title: 'Signatures are wrong (HTTP)', fields: [{ name: 'mode', text: 'How', choices: ['forged', 'stale', 'missing'] }] },
  trigger: { title: 'Trigger ids have expired', fields: [], fixed: { mode: 'expired' } },
  shares: { title: 'File shares appear late', fields: [late('Seconds late', 10)] },
};

async function call(method, path, body, done) {
  const answer = await control(method, path, body);
  if (answer.ok === false) toast('error', answer.message || answer.error);
  else if (done) toast('info', done(answer));
  return answer;
}

export function Faults() {
  const faults = list(useStore('faults'));
  useEffect(() => { loadFaults(); }, []);
  return html`<aside class="side" aria-label="Faults">
    <header class="pane-head"><h2>Faults</h2><span class="spring"></span><button type="button" class="icon-button" aria-label="Close faults" onClick=${() => set('panel', null)}><${Icon} name="close" /></button></header>
    <div class="panel-body">
      <${Active} faults=${faults} />
      <${NewFault} />
      <${AtOnce} />
    </div>
  </aside>`;
}

function describe(fault) {
  return Object.entries(fault).filter(([key, value]) => !['id', 'kind', 'app_id', 'count', 'until'].includes(key) && value !== null && value !== '' && value !== false).map(([key, value]) => `${key.replaceAll('_', ' ')} ${value}`).join(' · ');
}

function Active({ faults }) {
  const now = useNow();
  if (faults.length === 0) return html`<p class="quiet">The workspace behaves. Add a fault to see how an app copes.</p>`;
  return html`<ul class="fault-list">${faults.map((fault) => html`<li key=${fault.id}>
    <span><strong>${KINDS[fault.kind]?.title ?? fault.kind}</strong><small>${describe(fault)}</small><small>${fault.count === null || fault.count === undefined ? 'any number of times' : `${fault.count} left`}${fault.until ? ` · ${Math.max(0, Math.round(fault.until - now))} s left` : ''}</small></span>
    <button type="button" class="icon-button" aria-label="Remove fault" onClick=${() => call('DELETE', `faults/${fault.id}`)}><${Icon} name="close" /></button></li>`)}</ul>
    <button type="button" class="button small" onClick=${() => call('DELETE', 'faults')}>Remove all</button>`;
}

function readForm(form, kind) {
  const { fields, fixed } = KINDS[kind];
  const body = { kind, ...fixed };
  const app = form.elements.app_id.value;
  if (app) body.app_id = app;
  for (const field of fields) {
    const input = form.elements[field.name];
    if (field.type === 'checkbox') body[field.name] = input.checked;
    else if (field.type === 'number' || field.number) body[field.name] = Number(input.value);
    else if (input.value) body[field.name] = input.value;
  }
  for (const limit of ['count', 'seconds']) if (form.elements[limit].value) body[limit] = Number(form.elements[limit].value);
  return body;
}

function NewFault() {
  const [kind, setKind] = useState('ack');
  const apps = Object.values(useStore('apps'));
  const add = (event) => {
    event.preventDefault();
    call('POST', 'faults', readForm(event.currentTarget, kind));
  };
  return html`<form class="fault-form" onSubmit=${add}>
    <h3>Add a fault</h3>
    <label>What<select class="field" value=${kind} onChange=${(e) => setKind(e.target.value)}>${Object.entries(KINDS).map(([name, { title }]) => html`<option value=${name}>${title}</option>`)}</select></label>
    ${KINDS[kind].fields.map((field) => html`<${Field} key=${`${kind} ${field.name}`} of=${field} />`)}
    <label>App<select class="field" name="app_id"><option value="">any</option>${apps.map((app) => html`<option value=${app.id}>${app.name}</option>`)}</select></label>
    <div class="fault-limits"><label>Times<input class="field" name="count" type="number" min="1" placeholder="∞" /></label><label>Seconds<input class="field" name="seconds" type="number" min="1" placeholder="∞" /></label></div>
    <button type="submit" class="button primary small">Add fault</button>
  </form>`;
}

function Field({ of }) {
  if (of.type === 'checkbox') return html`<label class="choice"><input type="checkbox" name=${of.name} /><span>${of.text}</span></label>`;
  if (of.choices) return html`<label>${of.text}<select class="field" name=${of.name}>${of.choices.map((one) => html`<option value=${one}>${one === '*' ? 'any' : one}</option>`)}</select></label>`;
  return html`<label>${of.text}<input class="field" name=${of.name} type=${of.type ?? 'text'} step="any" min="0" value=${str(of.value)} /></label>`;
}

function AtOnce() {
  const apps = Object.values(useStore('apps'));
  const place = useStore('place');
  const [app, setApp] = useState('');
  const id = app || apps[0]?.id;
  const here = place?.kind === 'channel' ? place.id : null;
  const button = (label, press) => html`<button type="button" class="button small" onClick=${press}>${label}</button>`;
  return html`<section class="fault-now"><h3>At once</h3>
    <label>App<select class="field" value=${id} onChange=${(e) => setApp(e.target.value)}>${apps.map((one) => html`<option value=${one.id}>${one.name}</option>`)}</select></label>
    <div class="actions">
      ${['close', 'abort', 'warning', 'refresh_requested', 'link_disabled'].map((how) => button(`Socket: ${how.replace('_', ' ')}`, () => call('POST', 'sockets/drop', { app_id: id, how }, (a) => `${a.dropped} dropped`)))}
      ${button('Revoke token', () => call('POST', 'tokens/revoke', { app_id: id }, () => 'Token revoked'))}
      ${button('Restore token', () => call('POST', 'tokens/restore', { app_id: id }, () => 'Token restored'))}
    </div>
    ${here && html`<h3>This channel</h3><div class="actions">
      ${button('Archive', () => call('POST', `channels/${here}/archive`, {}))}${button('Unarchive', () => call('POST', `channels/${here}/unarchive`, {}))}${button('Remove every bot', () => call('POST', `channels/${here}/remove`, {}))}</div>`}
    <h3>Clock</h3><div class="actions">${[[3600, '+1 h'], [86400, '+1 day'], [0, 'Real time']].map(([seconds, label]) => button(label, () => moveClock(seconds)))}</div>
  </section>`;
}

let offset = 0;

function moveClock(seconds) {
  offset = seconds === 0 ? 0 : offset + seconds;
  call('POST', 'clock', { offset_seconds: offset }, () => (offset ? `The clock is ${offset / 3600} h ahead` : 'Real time'));
}
