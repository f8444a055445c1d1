// Legacy attachments: a coloured bar, a title, text, fields, a picture, or blocks.
import { html, list, str } from '../lib.js';
import { Blocks } from '../blocks/index.js';
import { Picture } from '../blocks/picture.js';
import { Link, Mrkdwn } from '../text/render.js';

const NAMED = { good: '#2f9e6e', warning: '#d99a2b', danger: '#d0473f' };

function barColor(color) {
  const text = str(color);
  if (NAMED[text]) return NAMED[text];
  const hex = text.replace(/^#/, '');
  return /^([0-9a-f]{3}|[0-9a-f]{6})$/i.test(hex) ? `#${hex}` : undefined;
}

export const Attachments = ({ attachments }) => list(attachments).map((one, i) => html`<${Attachment} key=${i} of=${one ?? {}} />`);

function Attachment({ of }) {
  return html`<div class="attachment-all">
    ${of.pretext && html`<div><${Mrkdwn} text=${of.pretext} /></div>`}
    <div class="attachment" style=${{ borderLeftColor: barColor(of.color) }}>
      ${of.author_name && html`<div class="quiet">${str(of.author_name)}</div>`}
      ${of.title && html`<strong>${of.title_link ? html`<${Link} url=${of.title_link}>${str(of.title)}<//>` : str(of.title)}</strong>`}
      ${of.blocks ? html`<${Blocks} blocks=${of.blocks} />` : of.text && html`<div><${Mrkdwn} text=${of.text} /></div>`}
      ${list(of.fields).length > 0 && html`<div class="fields">${list(of.fields).map((field) => html`<div class="pair"><strong>${str(field?.title)}</strong><br /><${Mrkdwn} text=${field?.value} /></div>`)}</div>`}
      ${of.image_url && html`<${Picture} of=${{ image_url: of.image_url, alt_text: of.fallback }} class="image-large" />`}
      ${of.footer && html`<div class="quiet">${str(of.footer)}</div>`}
      ${!of.text && !of.title && !of.blocks && !of.image_url && html`<${Mrkdwn} text=${of.fallback} />`}
    </div>
  </div>`;
}
