// The buttons at the top right: call list, faults, light and dark.
import { cx, html } from '../lib.js';
import { Icon } from '../icons.js';
import { set, useStore } from '../state/store.js';

const THEMES = { auto: ['auto', 'Colours: as the system'], light: ['sun', 'Colours: light'], dark: ['moon', 'Colours: dark'] };
const NEXT = { auto: 'light', light: 'dark', dark: 'auto' };

/** Puts the chosen colours on the page; `auto` follows the system. */
export function applyTheme(name) {
  const theme = THEMES[name] ? name : 'auto';
  document.documentElement.dataset.theme = theme;
  set('theme', theme);
  localStorage.setItem('theme', theme);
}

const toggle = (name, panel) => {
  set('thread', null);
  set('panel', panel === name ? null : name);
};

export function Tools() {
  const panel = useStore('panel');
  const theme = useStore('theme') ?? 'auto';
  const faults = useStore('faults') ?? [];
  return html`<div class="tools" role="toolbar" aria-label="Workspace tools">
    <button type="button" class=${cx('icon-button', panel === 'inspector' && 'chosen')} aria-pressed=${panel === 'inspector'} title="Inspector: calls and deliveries" aria-label="Inspector" onClick=${() => toggle('inspector', panel)}><${Icon} name="pulse" /></button>
    <button type="button" class=${cx('icon-button', panel === 'faults' && 'chosen', faults.length > 0 && 'alarm')} aria-pressed=${panel === 'faults'} title="Faults" aria-label=${`Faults${faults.length ? ` (${faults.length} active)` : ''}`} onClick=${() => toggle('faults', panel)}><${Icon} name="bolt" /></button>
    <button type="button" class="icon-button" title=${THEMES[theme][1]} aria-label=${THEMES[theme][1]} onClick=${() => applyTheme(NEXT[theme])}><${Icon} name=${THEMES[theme][0]} /></button>
  </div>`;
}
