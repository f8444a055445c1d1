// What lies on top: notices, and a picture in full size.
import { html, list, useEffect, useLayoutEffect, useRef } from '../lib.js';
import { Icon } from '../icons.js';
import { dropToast } from '../state/events.js';
import { set, useStore } from '../state/store.js';

const TOAST_MS = 7_000;

export function Toasts() {
  const toasts = list(useStore('toasts'));
  return html`<div class="toasts" role="status" aria-live="polite">${toasts.map((one) => html`<${Toast} key=${one.id} of=${one} />`)}</div>`;
}

function Toast({ of }) {
  useEffect(() => {
    const timer = setTimeout(() => dropToast(of.id), TOAST_MS);
    return () => clearTimeout(timer);
  }, []);
  return html`<div class=${`toast toast-${of.level}`}><span>${of.text}</span><button type="button" class="icon-button small" aria-label="Dismiss" onClick=${() => dropToast(of.id)}><${Icon} name="close" size=${14} /></button></div>`;
}

export function Lightbox() {
  const picture = useStore('lightbox');
  return picture ? html`<${Shown} picture=${picture} />` : null;
}

function Shown({ picture }) {
  const dialog = useRef(null);
  const close = () => set('lightbox', null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current.showModal();
    return () => before?.focus?.();
  }, []);
  return html`<dialog class="lightbox" ref=${dialog} aria-label=${picture.alt || 'Picture'} onCancel=${(e) => { e.preventDefault(); close(); }} onClick=${(e) => { if (e.target === dialog.current) close(); }}>
    <button type="button" class="icon-button" aria-label="Close picture" onClick=${close}><${Icon} name="close" /></button>
    <img src=${picture.source} alt=${picture.alt} referrerpolicy="no-referrer" /><p>${picture.alt}</p>
  </dialog>`;
}
