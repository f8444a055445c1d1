// The blocks that only show something, and section, which may carry one element.
import { html, list, str, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { Element } from '../elements/index.js';
import { Markdown } from '../text/markdown.js';
import { Link, Text, plainText } from '../text/render.js';
import { Picture } from './picture.js';
import { useSurface } from './surface.js';

const MANY_LINES = 24;

export function Section({ block }) {
  const fields = list(block.fields);
  return html`<div class="section">
    <div class="section-body">
      ${block.text && html`<div class="section-text"><${Foldable} open=${block.expand === true} text=${str(block.text.text)}><${Text} of=${block.text} /><//></div>`}
      ${fields.length > 0 && html`<div class="fields">${fields.map((field) => html`<div class="pair"><${Text} of=${field} /></div>`)}</div>`}
    </div>
    ${block.accessory && html`<div class="accessory"><${Element} element=${block.accessory} /></div>`}
  </div>`;
}

/** Long text starts folded unless the block says `expand`. */
function Foldable({ open, text, children }) {
  const [shown, show] = useState(open);
  const long = text.split('\n').length > MANY_LINES;
  if (!long || open) return children;
  return html`<div class=${shown ? '' : 'folded'}>${children}</div>
    <button type="button" class="link-button" aria-expanded=${shown} onClick=${() => show(!shown)}>${shown ? 'Show less' : 'Show more'}</button>`;
}

export const Header = ({ block }) => html`<div class="header-text" role="heading" aria-level="2"><${Text} of=${block.text} /></div>`;

export const Divider = () => html`<hr />`;

export const MarkdownBlock = ({ block }) => html`<${Markdown} text=${block.text} />`;

export function Context({ block }) {
  return html`<div class="context">${list(block.elements).map((element) => (element?.type === 'image'
    ? html`<${Picture} of=${element} class="context-image" />`
    : html`<span class="context-text"><${Text} of=${element} /></span>`))}</div>`;
}

export function Image({ block }) {
  const surface = useSurface();
  const [shown, show] = useState(true);
  return html`<figure class="image">
    <figcaption>
      ${plainText(block.title) && html`<${Text} of=${block.title} />`}
      <button type="button" class="fold" aria-expanded=${shown} aria-label=${shown ? 'Hide picture' : 'Show picture'} onClick=${() => show(!shown)}><${Icon} name=${shown ? 'down' : 'right'} size=${13} /></button>
    </figcaption>
    ${shown && html`<${Picture} of=${block} class="image-large" onOpen=${surface.openImage} />`}
  </figure>`;
}

export function Video({ block }) {
  const url = str(block.title_url) || str(block.video_url);
  return html`<div class="video">
    <div class="video-title"><${Link} url=${url}><${Text} of=${block.title} /><//></div>
    ${plainText(block.description) && html`<div class="quiet"><${Text} of=${block.description} /></div>`}
    <div class="video-frame">
      <${Picture} of=${{ image_url: block.thumbnail_url, alt_text: block.alt_text }} class="video-thumbnail" />
      <span class="video-play" aria-hidden="true">▶</span>
    </div>
    <div class="quiet">${[block.author_name, block.provider_name].map(str).filter(Boolean).join(' · ')}</div>
  </div>`;
}

export const File = ({ block }) => html`<div class="file-remote"><${Icon} name="link" size=${16} /> Remote file <code>${str(block.external_id)}</code></div>`;

const ALERTS = { default: 'info', info: 'info', warning: 'alert', error: 'alert', success: 'check' };

export function Alert({ block }) {
  const level = Object.hasOwn(ALERTS, str(block.level)) ? block.level : 'default';
  return html`<div class=${`alert alert-${level}`} role=${level === 'error' || level === 'warning' ? 'alert' : 'note'}>
    <span class="alert-mark"><${Icon} name=${ALERTS[level]} /></span><div><${Text} of=${block.text} /></div>
  </div>`;
}
