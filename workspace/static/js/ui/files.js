// Files on messages: pictures, snippets and text with a preview, everything else as a tile.
import { cx, html, list, str, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { fetchJson, fileAddress } from '../state/api.js';
import { set } from '../state/store.js';
import { imageUrl } from '../text/urls.js';

const PREVIEW_LINES = 8;
const KB = 1024;

export function sizeWords(bytes) {
  if (bytes < KB) return `${bytes} B`;
  return bytes < KB * KB ? `${Math.round(bytes / KB)} KB` : `${(bytes / KB / KB).toFixed(1)} MB`;
}

export const Files = ({ files }) => html`<div class="files">${list(files).map((file) => html`<${File} key=${str(file?.id)} file=${file} />`)}</div>`;

function File({ file }) {
  if (file.mode === 'tombstone') return html`<div class="file quiet">This file was deleted.</div>`;
  if (str(file.mimetype).startsWith('image/') && file.mimetype !== 'image/svg+xml') return html`<${Picture} file=${file} />`;
  if (file.mode === 'snippet' || file.preview !== undefined) return html`<${Snippet} file=${file} />`;
  return html`<${Tile} file=${file} />`;
}

const Download = ({ file }) => html`<a class="icon-button" href=${fileAddress(file.page_url, { download: true })} download aria-label=${`Download ${str(file.name)}`} title="Download"><${Icon} name="download" /></a>`;

const nameOf = (file) => str(file.title) || str(file.name);

function Picture({ file }) {
  const alt = str(file.alt_txt) || nameOf(file);
  const source = imageUrl(fileAddress(file.page_url));
  const ratio = file.original_w > 0 && file.original_h > 0 ? { aspectRatio: `${Number(file.original_w)} / ${Number(file.original_h)}` } : undefined;
  return html`<figure class="file-picture">
    <figcaption>${nameOf(file)} <${Download} file=${file} /></figcaption>
    <button type="button" class="picture-button" aria-label=${`Open picture: ${alt}`} onClick=${() => set('lightbox', { source, alt })}>
      <img src=${source} alt=${alt} loading="lazy" style=${ratio} />
    </button>
  </figure>`;
}

function Snippet({ file }) {
  const [whole, setWhole] = useState(null);
  const preview = str(file.preview).split('\n').slice(0, PREVIEW_LINES).join('\n');
  const toggle = async () => {
    if (whole) return setWhole(null);
    const answer = await fetchJson(`files/${file.id}/text`);
    return setWhole(answer.ok === false ? `${answer.message}` : answer.text);
  };
  const more = file.preview_is_truncated || Number(file.lines) > PREVIEW_LINES || str(file.preview).split('\n').length > PREVIEW_LINES;
  return html`<figure class="file-snippet">
    <figcaption><${Icon} name="file" size=${16} /> <strong>${nameOf(file)}</strong>
      <span class="quiet">${[str(file.pretty_type), file.lines > 0 && `${file.lines} lines`, sizeWords(Number(file.size) || 0)].filter(Boolean).join(' · ')}</span><${Download} file=${file} /></figcaption>
    <pre tabindex="0" class=${cx('snippet', whole && 'snippet-whole')}>${whole ?? preview}</pre>
    ${(more || whole) && html`<button type="button" class="link-button" aria-expanded=${Boolean(whole)} onClick=${toggle}>${whole ? 'Show less' : 'Show all'}</button>`}
  </figure>`;
}

const Tile = ({ file }) => html`<div class="file-tile">
  <span class="file-type" aria-hidden="true">${str(file.filetype).slice(0, 4).toUpperCase() || 'FILE'}</span>
  <span><a href=${fileAddress(file.page_url)} target="_blank" rel="noopener">${nameOf(file)}</a><br /><small class="quiet">${str(file.pretty_type)} · ${sizeWords(Number(file.size) || 0)}</small></span>
  <${Download} file=${file} />
</div>`;
