// What apps called and what was delivered to them, with bodies and verdicts.
import { cx, html, list, str, useEffect, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { fetchJson, post } from '../state/api.js';
import { set, useStore } from '../state/store.js';
import { useDirectory } from '../text/directory.js';

const KINDS = { call: '→', delivery: '←', response_url: '↩', upload: '⇪', socket: '⇄', oauth: '⚿', control: '⚙' };
const SHOWN = 200;

function timeOf(at, zone) {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return `${parts.format(at * 1000)}.${String(Math.floor((at % 1) * 1000)).padStart(3, '0')}`;
}

export function Inspector() {
  const entries = list(useStore('inspector'));
  const [filter, setFilter] = useState({ words: '', failed: false });
  const [open, setOpen] = useState(null);
  useEffect(() => { fetchJson('inspector?after=0&limit=200').then((answer) => set('inspector', answer.entries ?? [])); }, []);
  const needle = filter.words.toLowerCase();
  const shown = entries.filter((one) => (!filter.failed || !one.ok) && (!needle || `${one.kind} ${one.app_name} ${one.name} ${one.verdict}`.toLowerCase().includes(needle))).slice(-SHOWN).reverse();
  const clear = async () => { await post('inspector/clear'); set('inspector', []); };
  return html`<aside class="side side-wide" aria-label="Inspector">
    <header class="pane-head"><h2>Inspector</h2><span class="quiet" role="status">${shown.length} of ${entries.length}</span><span class="spring"></span>
      <button type="button" class="button small" onClick=${clear}>Clear</button><button type="button" class="icon-button" aria-label="Close inspector" onClick=${() => set('panel', null)}><${Icon} name="close" /></button></header>
    <div class="inspector-bar"><input class="field" type="search" placeholder="Filter by method, app or verdict" aria-label="Filter" value=${filter.words} onInput=${(e) => setFilter({ ...filter, words: e.target.value })} />
      <label class="choice"><input type="checkbox" checked=${filter.failed} onChange=${(e) => setFilter({ ...filter, failed: e.target.checked })} /><span>Failed only</span></label></div>
    <ul class="inspector-list">${shown.map((one) => html`<${Entry} key=${one.seq} entry=${one} open=${open === one.seq} toggle=${() => setOpen(open === one.seq ? null : one.seq)} />`)}</ul>
    ${entries.length === 0 && html`<p class="empty quiet">Nothing has happened yet.</p>`}
  </aside>`;
}

function Entry({ entry, open, toggle }) {
  const { zone } = useDirectory();
  return html`<li class=${cx('entry', !entry.ok && 'entry-bad')}>
    <button type="button" class="entry-head" aria-expanded=${open} onClick=${toggle}>
      <span class="entry-kind" title=${entry.kind}>${KINDS[entry.kind] ?? '·'}</span>
      <span class="entry-name">${entry.name}${entry.attempt > 0 && html` <span class="badge">retry ${entry.attempt}</span>`}<small>${[entry.app_name, entry.transport, entry.kind].filter(Boolean).join(' · ')}</small></span>
      <span class="entry-verdict">${entry.verdict}<small>${timeOf(entry.at, zone)}${entry.duration_ms >= 0 && ` · ${Math.round(entry.duration_ms)} ms`}</small></span>
    </button>
    ${open && html`<${Bodies} entry=${entry} />`}
  </li>`;
}

function Bodies({ entry }) {
  const [whole, setWhole] = useState(entry);
  useEffect(() => {
    if (entry.request_cut || entry.response_cut) fetchJson(`inspector/${entry.seq}`).then((answer) => answer.entry && setWhole(answer.entry));
    else setWhole(entry);
  }, [entry]);
  return html`<div class="entry-bodies">
    <div class="quiet">${entry.kind}${entry.status ? ` · HTTP ${entry.status}` : ''} · #${entry.seq}</div>
    <strong>Request</strong><pre tabindex="0">${pretty(whole.request)}</pre>
    <strong>Response</strong><pre tabindex="0">${pretty(whole.response)}</pre>
  </div>`;
}

/** JSON laid out for reading; anything else as it is. */
export function pretty(body) {
  if (body === null || body === undefined || body === '') return '—';
  if (typeof body !== 'string') return JSON.stringify(body, null, 2);
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return str(body);
  }
}
