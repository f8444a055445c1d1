// The rich_text block and its sections, lists, quotes and preformatted parts.
import { cx, html, list, str } from '../lib.js';
import { Broadcast, ChannelMention, Emoji, GroupMention, Link, Moment, UserMention } from '../text/render.js';

const MAX_INDENT = 8;

const PARTS = {
  text: (part) => str(part.text),
  link: (part) => html`<${Link} url=${part.url}>${str(part.text) || str(part.url)}<//>`,
  emoji: (part) => html`<${Emoji} name=${part.name} tone=${part.skin_tone} unicode=${part.unicode} />`,
  user: (part) => html`<${UserMention} id=${str(part.user_id)} />`,
  usergroup: (part) => html`<${GroupMention} id=${str(part.usergroup_id)} />`,
  channel: (part) => html`<${ChannelMention} id=${str(part.channel_id)} />`,
  broadcast: (part) => html`<${Broadcast} name=${str(part.range)} />`,
  date: (part) => html`<${Moment} unix=${Number(part.timestamp)} format=${part.format} url=${part.url} fallback=${part.fallback} />`,
  color: (part) => html`<${ColorChip} value=${str(part.value)} />`,
};

/** A colour is content too: only a hex colour reaches the drawing, as an attribute and not as a style. */
function ColorChip({ value }) {
  const safe = /^#[0-9a-f]{3,8}$/i.test(value);
  return html`<span class="color-chip">${safe && html`<svg width="10" height="10" aria-hidden="true"><rect width="10" height="10" rx="2" fill=${value} /></svg>`} ${value}</span>`;
}

function styled(node, style) {
  if (!style || typeof style !== 'object') return node;
  let drawn = node;
  if (style.code) drawn = html`<code>${drawn}</code>`;
  if (style.underline) drawn = html`<u>${drawn}</u>`;
  if (style.strike) drawn = html`<s>${drawn}</s>`;
  if (style.italic) drawn = html`<em>${drawn}</em>`;
  if (style.bold) drawn = html`<strong>${drawn}</strong>`;
  return drawn;
}

const parts = (of) => list(of).map((part) => {
  const draw = Object.hasOwn(PARTS, str(part?.type)) ? PARTS[part.type] : null;
  return draw ? styled(draw(part), part.style) : null;
});

function ListPart({ of }) {
  const tag = of.style === 'ordered' ? 'ol' : 'ul';
  const indent = Math.min(MAX_INDENT, Math.max(0, Number(of.indent) || 0));
  const start = tag === 'ol' && Number(of.offset) > 0 ? Number(of.offset) + 1 : undefined;
  return html`<${tag} class=${cx(`indent-${indent}`, of.border ? 'bordered' : '')} start=${start}>
    ${list(of.elements).map((item) => html`<li>${parts(item?.elements)}</li>`)}
  <//>`;
}

const SECTIONS = {
  rich_text_section: (of) => html`<div class="rt-section">${parts(of.elements)}</div>`,
  rich_text_list: (of) => html`<${ListPart} of=${of} />`,
  rich_text_quote: (of) => html`<blockquote class=${of.border ? 'bordered' : ''}>${parts(of.elements)}</blockquote>`,
  rich_text_preformatted: (of) => html`<pre tabindex="0" class=${of.border ? 'bordered' : ''} data-language=${str(of.language) || undefined}>${parts(of.elements)}</pre>`,
};

export function RichText({ block }) {
  return html`<div class="rich-text">${list(block.elements).map((section) => {
    const draw = Object.hasOwn(SECTIONS, str(section?.type)) ? SECTIONS[section.type] : null;
    return draw ? draw(section) : null;
  })}</div>`;
}

/** The words of a rich text value, for sorting and for a plain field. */
export function richTextWords(value) {
  const walk = (node) => (node && typeof node === 'object' ? str(node.text) + list(node.elements).map(walk).join('') : '');
  return walk(value);
}
