// An app's own place: its Home tab, its messages, and what it can do.
import { cx, html, useEffect, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { Blocks } from '../blocks/index.js';
import { Surface } from '../blocks/surface.js';
import { post } from '../state/api.js';
import { toast } from '../state/events.js';
import { loadChannel } from '../state/session.js';
import { get, set, update, useStore } from '../state/store.js';
import { timelineKey } from '../state/timeline.js';
import { Avatar } from './avatar.js';
import { Conversation } from './channel.js';
import { useViewSurface } from './modals.js';
import { Tools } from './tools.js';

const TABS = [['home', 'Home'], ['messages', 'Messages'], ['about', 'About']];

export function AppPane({ id }) {
  const app = useStore('apps')[id];
  const users = useStore('users');
  const offered = TABS.filter(([name]) => name === 'about' || app?.[`${name}_tab`]);
  const [tab, setTab] = useState(offered[0]?.[0]);
  const [channel, setChannel] = useState(null);
  useEffect(() => { if (tab !== 'about') openTab(id, tab).then((dm) => dm && setChannel(dm)); }, [id, tab]);
  if (!app) return html`<main class="pane"><p class="empty">This app is not installed any more.</p></main>`;
  return html`<main class="pane" aria-label=${app.name}>
    <header class="pane-head">
      <button type="button" class="icon-button burger" aria-label="Show the list of channels" onClick=${() => update('sidebar', (on) => !on)}><${Icon} name="menu" /></button>
      <${Avatar} user=${users[app.bot_user_id] ?? { id, name: app.name, is_bot: true }} size="small" /><h1>${app.name}</h1>
      <span class="quiet">${app.connected ? 'connected' : 'not connected'}</span><span class="spring"></span><${Tools} />
    </header>
    <div class="tabs" role="tablist">${offered.map(([name, title]) => html`<button type="button" role="tab" key=${name} id=${`tab-${name}`} aria-selected=${tab === name} aria-controls="tab-panel" tabindex=${tab === name ? 0 : -1} class=${cx('tab', tab === name && 'tab-on')}
      onClick=${() => setTab(name)} onKeyDown=${(e) => moveTab(e, offered, tab, setTab)}>${title}</button>`)}</div>
    <div class="tab-panel" id="tab-panel" role="tabpanel" aria-labelledby=${`tab-${tab}`}>
      ${tab === 'home' && html`<${Home} id=${id} />`}
      ${tab === 'messages' && channel && html`<${AppMessages} id=${channel} />`}
      ${tab === 'about' && html`<${About} app=${app} />`}
    </div>
  </main>`;
}

function moveTab(event, offered, tab, setTab) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const at = offered.findIndex(([name]) => name === tab);
  const [name] = offered[(at + step + offered.length) % offered.length];
  setTab(name);
  document.getElementById(`tab-${name}`)?.focus();
}

/** Tells the app that its Home is looked at; keeps the view; answers the id of the direct messages with it. */
async function openTab(id, tab) {
  const answer = await post(`home/${id}/open`, { tab });
  if (answer.ok === false) {
    toast('error', answer.message || answer.error);
    return null;
  }
  if (answer.view) set(`home ${id}`, answer.view);
  if (tab === 'messages' && answer.channel && !get(timelineKey(answer.channel))?.loaded) await loadChannel(answer.channel);
  return answer.channel;
}

function Home({ id }) {
  const view = useStore(`home ${id}`);
  if (!view) return html`<div class="empty" role="status"><p>This app has not drawn its Home yet.</p><p class="quiet">It does so when it hears that you opened it.</p></div>`;
  return html`<${HomeView} key=${view.id} view=${view} />`;
}

const NO_ERRORS = {};

function HomeView({ view }) {
  const surface = useViewSurface(view, NO_ERRORS);
  return html`<div class="home"><${Surface.Provider} value=${surface}><${Blocks} blocks=${view.blocks} /><//></div>`;
}

function AppMessages({ id }) {
  const channel = useStore('channels')[id];
  return channel ? html`<${Conversation} channel=${channel} />` : null;
}

function About({ app }) {
  const { commands, shortcuts } = useStore('session');
  const own = (items) => items.filter((one) => one.app_id === app.id);
  return html`<div class="home about">
    <p>${app.description}</p>
    <h2>Commands</h2>
    <dl>${own(commands).map((one) => html`<dt><code>${one.command} ${one.usage_hint}</code></dt><dd>${one.description}</dd>`)}</dl>
    <h2>Shortcuts</h2>
    <dl>${own(shortcuts).map((one) => html`<dt>${one.name} <span class="badge">${one.type}</span></dt><dd>${one.description}</dd>`)}</dl>
    <p class="quiet">Delivery: ${app.delivery === 'socket' ? 'Socket Mode' : 'HTTP'} · <code>${app.id}</code></p>
  </div>`;
}
