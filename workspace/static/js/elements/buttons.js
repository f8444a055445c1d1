// button, workflow_button, icon_button, feedback_buttons, overflow.
import { cx, html, list, str, useCallback, useContext, useRef, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { Text, plainText } from '../text/render.js';
import { linkUrl } from '../text/urls.js';
import { Acting } from './acting.js';
import { Menu } from './popover.js';

const styleOf = (element) => (['primary', 'danger'].includes(element.style) ? element.style : '');

export function Button({ element }) {
  const { act, pending } = useContext(Acting);
  const href = element.url ? linkUrl(element.url) : null;
  const name = cx('button', styleOf(element), pending && 'pending');
  const words = html`<${Text} of=${element.text} />`;
  const label = str(element.accessibility_label) || undefined;
  if (href && !element.confirm) {
    return html`<a class=${name} href=${href} target="_blank" rel="noopener noreferrer" aria-label=${label} onClick=${() => { act(null); }}>${words}</a>`;
  }
  const press = async () => {
    if (pending) return;
    if ((await act(null)) !== 'denied' && href) window.open(href, '_blank', 'noopener,noreferrer');
  };
  return html`<button type="button" class=${name} aria-busy=${pending} aria-label=${label} onClick=${press}>${words}</button>`;
}

const ICONS = { trash: 'trash', copy: 'copy', edit: 'edit' };

export function IconButton({ element }) {
  const { act, pending } = useContext(Acting);
  const label = str(element.accessibility_label) || plainText(element.text) || str(element.icon);
  return html`<button type="button" class=${cx('icon-button', pending && 'pending')} aria-label=${label} title=${label} onClick=${() => act(null)}><${Icon} name=${ICONS[str(element.icon)] ?? 'info'} /></button>`;
}

export function FeedbackButtons({ element }) {
  const { act } = useContext(Acting);
  const [chosen, choose] = useState(null);
  const press = (option) => {
    choose(option.value);
    act(str(option.value));
  };
  const one = (option, sign) => option && html`<button type="button" class=${cx('icon-button', chosen === option.value && 'chosen')} aria-pressed=${chosen === option.value}
    aria-label=${str(option.accessibility_label) || plainText(option.text)} title=${plainText(option.text)} onClick=${() => press(option)}><${Icon} name=${sign} /></button>`;
  return html`<span class="feedback">${one(element.positive_button, 'thumbsup')}${one(element.negative_button, 'thumbsdown')}</span>`;
}

export function Overflow({ element }) {
  const { act, pending } = useContext(Acting);
  const [open, setOpen] = useState(false);
  const anchor = useRef(null);
  const close = useCallback(() => setOpen(false), []);
  const items = list(element.options).map((option) => ({
    label: html`<${Text} of=${option?.text} />`,
    note: option?.description && plainText(option.description),
    href: option?.url ? linkUrl(option.url) : null,
    onPick: () => act(str(option?.value)),
  }));
  return html`<button type="button" ref=${anchor} class=${cx('button overflow', pending && 'pending')} aria-haspopup="menu" aria-expanded=${open} aria-label="More actions" onClick=${() => setOpen(!open)}><${Icon} name="dots" /></button>
    ${open && html`<${Menu} anchor=${anchor} items=${items} label="More actions" onClose=${close} />`}`;
}
