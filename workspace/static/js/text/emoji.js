// Shortcodes to characters.
import { EMOJI } from '../../vendor/emoji.js';

const own = (name) => (Object.hasOwn(EMOJI, name) ? EMOJI[name] : null);

/** The character of `:name:`, or null when nobody knows it. */
export function emojiChar(name, tone) {
  const char = own(name);
  return char && tone ? char.replace(/\uFE0F$/, '') + own(`skin-tone-${tone}`) : char;
}

/** Names beginning with, then containing, `query`; at most `limit`. */
export function searchEmoji(query, limit) {
  const names = Object.keys(EMOJI).filter((name) => name.includes(query));
  names.sort((a, b) => Number(b.startsWith(query)) - Number(a.startsWith(query)) || a.length - b.length);
  return names.slice(0, limit);
}
