// Files waiting to be sent: chosen, dropped or pasted.
import { html, useMemo, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { sizeWords } from './files.js';

/** `{chosen, add, drop, clear, over, dropTarget, paste}`. */
export function useAttachments() {
  const [chosen, setChosen] = useState([]);
  const [over, setOver] = useState(false);
  const add = (files) => setChosen((before) => [...before, ...files]);
  const dropTarget = {
    onDragOver: (event) => { event.preventDefault(); setOver(true); },
    onDragLeave: () => setOver(false),
    onDrop: (event) => { event.preventDefault(); setOver(false); add(event.dataTransfer.files); },
  };
  const paste = (event) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    add(event.clipboardData.files);
  };
  return { chosen, add, over, dropTarget, paste, clear: () => setChosen([]), drop: (file) => setChosen((before) => before.filter((one) => one !== file)) };
}

export function AttachedFiles({ files }) {
  if (files.chosen.length === 0) return null;
  return html`<ul class="attached" aria-label="Files to send">${files.chosen.map((file, i) => html`<${Attached} key=${`${file.name} ${i}`} file=${file} drop=${() => files.drop(file)} />`)}</ul>`;
}

function Attached({ file, drop }) {
  const picture = useMemo(() => (file.type.startsWith('image/') ? URL.createObjectURL(file) : null), [file]);
  return html`<li>
    ${picture ? html`<img src=${picture} alt="" />` : html`<span class="file-type" aria-hidden="true">${file.name.split('.').at(-1).slice(0, 4).toUpperCase()}</span>`}
    <span>${file.name}<br /><small class="quiet">${sizeWords(file.size)}</small></span>
    <button type="button" class="icon-button small" aria-label=${`Remove ${file.name}`} onClick=${drop}><${Icon} name="close" size=${14} /></button>
  </li>`;
}
