// file_input: files go to the server first, the form keeps their ids.
import { html, list, useRef, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { useSurface } from '../blocks/surface.js';
import { useValue } from './acting.js';

const DEFAULT_MAX_FILES = 10;

export function FileInput({ element, field }) {
  const surface = useSurface();
  const [value, , commit] = useValue(element, []);
  const [state, setState] = useState({ busy: false, error: '', names: {} });
  const input = useRef(null);
  const ids = list(value);
  const max = Number(element.max_files) || DEFAULT_MAX_FILES;
  const add = async (files) => {
    if (files.length === 0) return;
    if (ids.length + files.length > max) return setState({ ...state, error: `At most ${max} ${max === 1 ? 'file' : 'files'}` });
    setState({ ...state, busy: true, error: '' });
    const answer = await surface.upload?.(files);
    const names = Object.fromEntries(list(answer?.files).map((file) => [file.id, file.name]));
    setState({ busy: false, error: answer?.ok === false ? answer.message || answer.error : '', names: { ...state.names, ...names } });
    if (answer?.files) commit([...ids, ...answer.files.map((file) => file.id)]);
    return undefined;
  };
  const drop = (event) => {
    event.preventDefault();
    add([...event.dataTransfer.files]);
  };
  return html`<div class="file-input" onDragOver=${(e) => e.preventDefault()} onDrop=${drop}>
    <input ref=${input} type="file" class="only-read" id=${field?.id} multiple=${max > 1} accept=${list(element.filetypes).map((t) => `.${t}`).join(',') || undefined}
      aria-describedby=${field?.describedBy} onChange=${(e) => { add([...e.target.files]); e.target.value = ''; }} />
    <button type="button" class="button small" disabled=${state.busy || ids.length >= max} onClick=${() => input.current.click()}>${state.busy ? 'Uploading…' : 'Choose files'}</button>
    <span class="quiet"> or drop them here</span>
    ${state.error && html`<div class="input-error" role="alert">${state.error}</div>`}
    <ul>${ids.map((id) => html`<li>${state.names[id] ?? id} <button type="button" class="icon-button small" aria-label=${`Remove ${state.names[id] ?? id}`} onClick=${() => commit(ids.filter((one) => one !== id))}><${Icon} name="close" size=${14} /></button></li>`)}</ul>
  </div>`;
}
