// What opens beside a control: menus and lists of options. Stays in the document where its control is, so that
// it works inside a dialog too, and in the browser's top layer, so that nothing cuts it off.
import { html, useEffect, useLayoutEffect, useRef } from '../lib.js';

const GAP_PX = 4;
const EDGE_PX = 8;

function place(box, anchor) {
  const at = anchor.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const below = window.innerHeight - at.bottom - EDGE_PX;
  const top = height <= below || below >= at.top ? at.bottom + GAP_PX : at.top - height - GAP_PX;
  box.style.left = `${Math.max(EDGE_PX, Math.min(at.left, window.innerWidth - width - EDGE_PX))}px`;
  box.style.top = `${Math.max(EDGE_PX, Math.min(top, window.innerHeight - height - EDGE_PX))}px`;
}

/** Opens beside `anchor` (a ref) and calls `onClose` on Esc, a press elsewhere, or Tab. */
export function Popover({ anchor, onClose, children, class: name = '', wide = false, hold = false }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    const element = box.current;
    element.showPopover?.();
    if (wide) element.style.minWidth = `${anchor.current.getBoundingClientRect().width}px`;
    const again = () => anchor.current && place(element, anchor.current);
    again();
    const watch = new ResizeObserver(again);
    watch.observe(element);
    window.addEventListener('scroll', again, true);
    window.addEventListener('resize', again);
    return () => {
      watch.disconnect();
      window.removeEventListener('scroll', again, true);
      window.removeEventListener('resize', again);
    };
  }, []);
  useEffect(() => {
    const outside = (event) => {
      if (!box.current?.contains(event.target) && !anchor.current?.contains(event.target)) onClose();
    };
    document.addEventListener('pointerdown', outside, true);
    return () => document.removeEventListener('pointerdown', outside, true);
  }, [onClose]);
  const keys = (event) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      onClose();
      if (!hold) anchor.current?.focus();
    } else if (event.key === 'Tab') {
      onClose();
    }
  };
  return html`<div class=${`popover ${name}`} popover="manual" ref=${box} onKeyDown=${keys}>${children}</div>`;
}

/**
 * A menu: items `{label, note?, icon?, danger?, href?, onPick}`, `{heading}` or `{line: true}`; arrow keys, Home, End, first letters.
 */
export function Menu({ anchor, items, onClose, label }) {
  const box = useRef(null);
  const buttons = () => [...(box.current?.querySelectorAll('[role=menuitem]') ?? [])];
  useLayoutEffect(() => buttons()[0]?.focus(), []);
  const keys = (event) => {
    const all = buttons();
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: (at + 1) % all.length, ArrowUp: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[event.key];
    const letter = event.key.length === 1 && all.find((b, i) => i > at && b.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()));
    const target = to === undefined ? letter : all[to];
    if (!target) return;
    event.preventDefault();
    target.focus();
  };
  const pick = (item) => {
    onClose();
    anchor.current?.focus();
    item.onPick?.();
  };
  return html`<${Popover} anchor=${anchor} onClose=${onClose} class="menu">
    <div role="menu" aria-label=${label} ref=${box} onKeyDown=${keys}>
      ${items.map((item) => html`<${MenuItem} item=${item} pick=${pick} />`)}
    </div>
  <//>`;
}

function MenuItem({ item, pick }) {
  if (item.line) return html`<div class="menu-line" role="separator"></div>`;
  if (item.heading) return html`<div class="menu-heading" role="presentation">${item.heading}</div>`;
  const inside = html`${item.icon && html`<span class="menu-icon" aria-hidden="true">${item.icon}</span>`}<span class="menu-words">${item.label}${item.note && html`<small>${item.note}</small>`}</span>`;
  if (item.href) return html`<a role="menuitem" tabindex="-1" href=${item.href} target="_blank" rel="noopener noreferrer" onClick=${() => pick(item)}>${inside}</a>`;
  return html`<button type="button" role="menuitem" tabindex="-1" class=${item.danger ? 'menu-danger' : ''} onClick=${() => pick(item)}>${inside}</button>`;
}
