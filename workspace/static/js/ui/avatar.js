// Pictures of people: their own, or initials on their colour.
import { html, str } from '../lib.js';
import { displayName } from '../text/directory.js';
import { emojiChar } from '../text/emoji.js';
import { imageUrl } from '../text/urls.js';

const HUES = 8;

function hueOf(text) {
  let sum = 0x811c9dc5;
  for (const char of text) sum = Math.imul(sum ^ char.codePointAt(0), 0x01000193) >>> 0;
  return ((sum ^ (sum >>> 13)) >>> 0) % HUES;
}

const initials = (name) => name.split(/[\s._-]+/).filter(Boolean).slice(0, 2).map((word) => [...word][0]).join('').toUpperCase() || '?';

/** `icons`: what a message says instead of its sender's own picture. */
export function Avatar({ user, name, icons, size = 'normal' }) {
  const shown = str(name) || displayName(user) || '?';
  const picture = imageUrl(icons?.image_url) ?? imageUrl(user?.avatar);
  const emoji = emojiChar(str(icons?.emoji).replaceAll(':', ''));
  const shape = user?.is_bot || user?.app_id ? 'avatar-app' : '';
  if (emoji) return html`<span class=${`avatar avatar-${size} avatar-emoji`} aria-hidden="true">${emoji}</span>`;
  if (picture) return html`<img class=${`avatar avatar-${size} ${shape}`} src=${picture} alt="" referrerpolicy="no-referrer" />`;
  return html`<span class=${`avatar avatar-${size} ${shape} face-${hueOf(user?.id || shown)}`} aria-hidden="true">${initials(shown)}</span>`;
}
