// Parsed text → elements. Content only ever becomes text nodes and checked addresses.
import { html, str } from '../lib.js';
import { formatDate, fullMoment } from './dates.js';
import { displayName, useDirectory, useNow } from './directory.js';
import { emojiChar } from './emoji.js';
import { parseInline, parseMrkdwn } from './mrkdwn.js';
import { linkUrl } from './urls.js';

/** A link that opens apart from the page; an address that may not be followed is shown as text. */
export function Link({ url, children }) {
  const href = linkUrl(url);
  if (!href) return html`<span class="dead-link" title="This address is not followed">${children}</span>`;
  return html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${children}</a>`;
}

/** `@name`; another look when it is the reader. */
export function UserMention({ id, label }) {
  const { users, viewerId } = useDirectory();
  const name = displayName(users[id]) || str(label) || id;
  return html`<span class=${`mention${id === viewerId ? ' mention-me' : ''}`} data-user=${id}>@${name}</span>`;
}

/** `#name`, a button that goes there when the reader can see it. */
export function ChannelMention({ id, label }) {
  const { channels, openChannel } = useDirectory();
  const channel = channels[id];
  const name = channel?.name || str(label);
  if (!channel) return html`<span class="mention">#${name || 'private-channel'}</span>`;
  return html`<button type="button" class="mention" onClick=${() => openChannel?.(id)}>#${name}</button>`;
}

function HashName({ name, text }) {
  const { channels } = useDirectory();
  const found = Object.values(channels).find((channel) => channel.name === name);
  return found ? html`<${ChannelMention} id=${found.id} />` : text;
}

export function GroupMention({ id, label }) {
  const { groups } = useDirectory();
  const name = groups?.[id]?.handle || str(label).replace(/^@/, '') || id;
  return html`<span class="mention">@${name}</span>`;
}

export const Broadcast = ({ name }) => html`<span class="mention mention-me">@${name}</span>`;

export function Emoji({ name, tone, unicode }) {
  const char = emojiChar(str(name), tone) || fromCodepoints(unicode);
  if (!char) return `:${str(name)}:`;
  return html`<span class="emoji" role="img" aria-label=${`${name} emoji`} title=${`:${name}:`}>${char}</span>`;
}

function fromCodepoints(hex) {
  const codes = str(hex).split('-').map((code) => Number.parseInt(code, 16));
  return codes.every((code) => code > 0 && code <= 0x10ffff) ? String.fromCodePoint(...codes) : null;
}

/** A moment in the reader's own zone. */
export function Moment({ unix, format, url, fallback }) {
  const { zone } = useDirectory();
  const now = useNow();
  const text = formatDate(unix, str(format), zone, now);
  if (!text) return str(fallback);
  const time = html`<time datetime=${new Date(unix * 1000).toISOString()} title=${fullMoment(unix, zone)}>${text}</time>`;
  return url ? html`<${Link} url=${url}>${time}<//>` : time;
}

const INLINE = {
  text: (node) => node.v,
  bold: (node) => html`<strong>${inline(node.c)}</strong>`,
  italic: (node) => html`<em>${inline(node.c)}</em>`,
  strike: (node) => html`<s>${inline(node.c)}</s>`,
  code: (node) => html`<code>${inline(node.c)}</code>`,
  link: (node) => html`<${Link} url=${node.url}>${inline(node.c)}<//>`,
  emoji: (node) => html`<${Emoji} name=${node.name} tone=${node.tone} />`,
  user: (node) => html`<${UserMention} id=${node.id} label=${node.label} />`,
  channel: (node) => html`<${ChannelMention} id=${node.id} label=${node.label} />`,
  group: (node) => html`<${GroupMention} id=${node.id} label=${node.label} />`,
  broadcast: (node) => html`<${Broadcast} name=${node.name} />`,
  hash: (node) => html`<${HashName} name=${node.name} text=${node.text} />`,
  date: (node) => html`<${Moment} unix=${node.unix} format=${node.format} url=${node.url} fallback=${node.fallback} />`,
};

const inline = (nodes) => nodes.map((node) => INLINE[node.t](node));

function lines(nodes) {
  return nodes.map((node, index) => {
    if (node.t === 'pre') return html`<pre tabindex="0">${inline(node.c)}</pre>`;
    if (node.t === 'quote') return html`<blockquote>${lines(node.c)}</blockquote>`;
    const next = nodes[index + 1];
    return html`${inline(node.c)}${next && next.t === 'line' ? html`<br />` : null}`;
  });
}

/** The mrkdwn of a message or a block. */
export function Mrkdwn({ text, verbatim = false, names = false }) {
  return html`<span class="mrkdwn">${lines(parseMrkdwn(str(text), { verbatim, names }))}</span>`;
}

/** Plain text with, if wanted, shortcodes as emoji. */
export function Plain({ text, emoji = true }) {
  const value = str(text);
  if (!emoji || !value.includes(':')) return value;
  return value.split(/(:[a-z0-9_+'-]+:)/).map((part) => (/^:[^:]+:$/.test(part) ? html`<${Emoji} name=${part.slice(1, -1)} />` : part));
}

/** A text object: `{type: plain_text|mrkdwn, text}`; a bare string is plain. */
export function Text({ of }) {
  if (of === null || of === undefined) return null;
  if (typeof of !== 'object') return html`<${Plain} text=${of} />`;
  if (of.type === 'mrkdwn') return html`<${Mrkdwn} text=${of.text} verbatim=${of.verbatim === true} names=${of.verbatim !== true} />`;
  return html`<${Plain} text=${of.text} emoji=${of.emoji !== false} />`;
}

/** The words of a text object, without drawing it. */
export function plainText(of) {
  if (of === null || of === undefined) return '';
  if (typeof of !== 'object') return str(of);
  return of.type === 'mrkdwn' ? flatten(parseInline(str(of.text), {})) : str(of.text);
}

const flatten = (nodes) => nodes.map((node) => node.v ?? (node.c ? flatten(node.c) : node.label || '')).join('');
