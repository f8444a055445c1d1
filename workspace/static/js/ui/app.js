// The page as a whole.
import { html, useEffect, useMemo } from '../lib.js';
import { ConfirmHost } from '../elements/confirm.js';
import { showChannel } from '../state/session.js';
import { set, useStore } from '../state/store.js';
import { Directory } from '../text/directory.js';
import { AppPane } from './home.js';
import { ChannelPane } from './channel.js';
import { Faults } from './faults.js';
import { Inspector } from './inspector.js';
import { Modals } from './modals.js';
import { Lightbox, Toasts } from './overlays.js';
import { Sidebar } from './sidebar.js';
import { ThreadPane } from './thread.js';

const deviceZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

function zoneOf(user) {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: user.tz });
    return user.tz || deviceZone;
  } catch {
    return deviceZone;
  }
}

function useDirectoryValue() {
  const session = useStore('session');
  const users = useStore('users');
  const channels = useStore('channels');
  const groups = useStore('groups');
  return useMemo(() => ({
    users, channels, groups, viewerId: session?.me, zone: zoneOf(users?.[session?.me] ?? {}), openChannel: showChannel,
  }), [users, channels, groups, session]);
}

export function App() {
  const session = useStore('session');
  const connection = useStore('connection');
  const directory = useDirectoryValue();
  if (!session) return html`<div class="loading" role="status">${connection === 'lost' ? 'The workspace cannot be reached. Reload the page to try again.' : 'Opening the workspace…'}</div><${Toasts} />`;
  return html`<${Directory.Provider} value=${directory}>
    <${Layout} />
    <${Modals} /><${ConfirmHost} /><${Lightbox} /><${Toasts} />
  <//>`;
}

function Layout() {
  const place = useStore('place');
  const thread = useStore('thread');
  const panel = useStore('panel');
  const sidebar = useStore('sidebar');
  useTitle(place);
  return html`<div class="layout">
    <${Sidebar} />
    ${sidebar && html`<button type="button" class="shade" aria-label="Hide the list of channels" onClick=${() => set('sidebar', false)}></button>`}
    ${place?.kind === 'channel' && html`<${ChannelPane} key=${place.id} id=${place.id} />`}
    ${place?.kind === 'app' && html`<${AppPane} key=${place.id} id=${place.id} />`}
    ${!place && html`<main class="pane"><p class="empty">There is no channel yet. Create one on the left.</p></main>`}
    ${thread && html`<${ThreadPane} key=${thread.ts} channel=${thread.channel} ts=${thread.ts} />`}
    ${panel === 'inspector' && html`<${Inspector} />`}
    ${panel === 'faults' && html`<${Faults} />`}
  </div>`;
}

function useTitle(place) {
  const channels = useStore('channels');
  const marks = useStore('marks');
  const team = useStore('session').team.name;
  useEffect(() => {
    const waiting = Object.values(marks).reduce((sum, mark) => sum + (mark.mentions || 0), 0);
    const here = place?.kind === 'channel' && channels[place.id]?.name;
    document.title = `${waiting ? `(${waiting}) ` : ''}${here ? `#${here} · ` : ''}${team}`;
  }, [channels, marks, place, team]);
}
