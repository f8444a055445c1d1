// Slack's marks → the text a person would have typed. Pure.
import { unescape } from './mrkdwn.js';

/** `<@U1>` becomes `@alice`, `<#C1>` `#general`, `&lt;` `<`. */
export function typedText(text, { users, channels, groups }) {
  const plain = text
    .replace(/<@([A-Z0-9]+)(?:\|[^>]*)?>/g, (whole, id) => (users[id] ? `@${users[id].name}` : whole))
    .replace(/<#([A-Z0-9]+)(?:\|([^>]*))?>/g, (whole, id, label) => (channels[id] || label ? `#${channels[id]?.name ?? label}` : whole))
    .replace(/<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>/g, (whole, id) => (groups[id] ? `@${groups[id].handle}` : whole))
    .replace(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, '@$1')
    .replace(/<((?:https?|mailto):[^|>]+)(?:\|[^>]*)?>/g, '$1');
  return unescape(plain);
}
