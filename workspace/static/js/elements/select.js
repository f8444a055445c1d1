// Every select, single and multi: a combobox with a list of options (arrow keys, typing, Enter, Esc).
import { cx, html, list, str, useCallback, useContext, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { InBlock, useSurface } from '../blocks/surface.js';
import { useDirectory } from '../text/directory.js';
import { plainText } from '../text/render.js';
import { useValue } from './acting.js';
import { answeredGroups, initialOptions, initialValue, knownGroups, matching } from './options.js';
import { Popover } from './popover.js';

const ASK_PAUSE_MS = 200;
const DEFAULT_MIN_QUERY = 3;
const SHOWN_OPTIONS = 200;

/** `{groups, note}`: options known here, or asked of the app as the person types. */
function useGroups(element, query, open) {
  const directory = useDirectory();
  const surface = useSurface();
  const block = useContext(InBlock);
  const external = element.type.endsWith('external_select');
  const [answer, setAnswer] = useState({ groups: [], note: '' });
  const min = Number.isFinite(element.min_query_length) ? element.min_query_length : DEFAULT_MIN_QUERY;
  useEffect(() => {
    if (!external || !open) return undefined;
    if (query.trim().length < min) {
      setAnswer({ groups: [], note: `Type ${min === 1 ? 'a letter' : `${min} letters`} or more` });
      return undefined;
    }
    let current = true;
    setAnswer((before) => ({ ...before, note: 'Loading…' }));
    const timer = setTimeout(async () => {
      const got = await surface.options?.(block, element, query);
      if (!current) return;
      const failed = !got || got.ok === false;
      setAnswer({ groups: failed ? [] : answeredGroups(got), note: failed ? got?.message || 'Options could not be loaded' : '' });
    }, ASK_PAUSE_MS);
    return () => { current = false; clearTimeout(timer); };
  }, [external, open, query, min]);
  const known = useMemo(() => (external ? [] : knownGroups(element, directory)), [external, element, directory]);
  if (external) return { ...answer, all: answer.groups };
  return { groups: matching(known, query), note: '', all: known };
}

export function Select({ element, field }) {
  const surface = useSurface();
  const multi = element.type.startsWith('multi_');
  const [value, set, commit] = useValue(element, initialValue(element, surface.channel));
  useEffect(() => { if (element.default_to_current_conversation === true && value?.length) set(value); }, []);
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  const anchor = useRef(null);
  const names = useRef(new Map(initialOptions(element).map((option) => [option.value, option.label])));
  const { groups, note, all } = useGroups(element, query, open);
  all.forEach((group) => group.options.forEach((option) => names.current.set(option.value, option.label)));
  const chosen = multi ? list(value) : [value].filter(Boolean);
  const max = Number(element.max_selected_items) || Infinity;
  const close = useCallback(() => { setOpen(false); setQuery(''); }, []);
  const pick = (option) => {
    if (!multi) {
      close();
      anchor.current.focus();
      commit(option.value);
    } else if (chosen.includes(option.value)) commit(chosen.filter((one) => one !== option.value));
    else if (chosen.length < max) commit([...chosen, option.value]);
  };
  const nameOf = (one) => names.current.get(one) ?? str(one);
  const placeholder = plainText(element.placeholder) || (multi ? 'Choose' : 'Choose an option');
  return html`<div class=${cx('select', multi && 'multi')}>
    <button type="button" id=${field?.id} ref=${anchor} class="select-button" role="combobox" aria-haspopup="listbox" aria-expanded=${open}
      aria-label=${field ? undefined : `${placeholder}${chosen.length ? `: ${chosen.map(nameOf).join(', ')}` : ''}`} aria-describedby=${field?.describedBy} aria-invalid=${field?.invalid} aria-required=${field?.required}
      onClick=${() => (open ? close() : setOpen(true))} onKeyDown=${(e) => { if (['ArrowDown', 'ArrowUp'].includes(e.key) && !open) { e.preventDefault(); setOpen(true); } }}>
      <span class=${chosen.length ? 'select-words' : 'select-words quiet'}>${chosen.length ? chosen.map(nameOf).join(', ') : placeholder}</span><${Icon} name="down" size=${14} />
    </button>
    ${open && html`<${OptionList} anchor=${anchor} groups=${groups} note=${note} chosen=${chosen} multi=${multi} query=${query} onQuery=${setQuery} onPick=${pick} onClose=${close}
      onClear=${!multi && chosen.length > 0 && field && !field.required ? () => { commit(null); close(); } : null} label=${placeholder} />`}
  </div>`;
}

function OptionList({ anchor, groups, note, chosen, multi, query, onQuery, onPick, onClose, onClear, label }) {
  const id = useId();
  const search = useRef(null);
  const flat = groups.flatMap((group) => group.options).slice(0, SHOWN_OPTIONS);
  const [at, setAt] = useState(() => Math.max(0, flat.findIndex((option) => chosen.includes(option.value))));
  const active = flat[Math.min(at, flat.length - 1)];
  useLayoutEffect(() => search.current.focus(), []);
  useEffect(() => { document.getElementById(`${id}-on`)?.scrollIntoView({ block: 'nearest' }); }, [at, query]);
  const keys = (event) => {
    const move = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: flat.length - 1 }[event.key];
    if (move !== undefined && flat.length > 0) {
      event.preventDefault();
      setAt((move + flat.length) % flat.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (active) onPick(active);
    } else if (event.key === 'Backspace' && query === '' && onClear) onClear();
  };
  const drawOption = (option) => {
    const on = chosen.includes(option.value);
    return html`<div role="option" id=${option === active ? `${id}-on` : undefined} aria-selected=${on} class=${cx('option', option === active && 'option-active', on && 'option-chosen')}
      onPointerMove=${() => setAt(flat.indexOf(option))} onMouseDown=${(e) => e.preventDefault()} onClick=${() => onPick(option)}>
      ${multi && html`<span class=${cx('option-box', on && 'option-box-on')} aria-hidden="true">${on && html`<${Icon} name="check" size=${13} />`}</span>`}
      <span>${option.sign}${option.label}${option.note && html`<small>${option.note}</small>`}</span>${!multi && on && html`<span class="option-tick" aria-hidden="true"><${Icon} name="check" size=${15} /></span>`}</div>`;
  };
  return html`<${Popover} anchor=${anchor} onClose=${onClose} class="option-list" wide>
    <input ref=${search} class="field" type="text" role="searchbox" autocomplete="off" placeholder="Search" aria-label=${`Search: ${label}`} aria-controls=${`${id}-list`} aria-activedescendant=${active ? `${id}-on` : undefined}
      value=${query} onInput=${(e) => { onQuery(e.target.value); setAt(0); }} onKeyDown=${keys} />
    <div id=${`${id}-list`} role="listbox" aria-label=${label} aria-multiselectable=${multi}>
      ${groups.map((group) => html`<div role="group" aria-label=${group.label || undefined}>
        ${group.label && html`<div class="menu-heading" role="presentation">${group.label}</div>`}
        ${group.options.filter((option) => flat.includes(option)).map(drawOption)}
      </div>`)}
    </div>
    ${(note || flat.length === 0) && html`<div class="option-note quiet" role="status">${note || 'Nothing found'}</div>`}
    ${onClear && html`<button type="button" class="link-button option-clear" onClick=${onClear}>Clear selection</button>`}
  <//>`;
}
