// The stack of modals: the last view is shown, in a dialog that holds the focus.
import { html, list, useEffect, useLayoutEffect, useMemo, useRef, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { Blocks } from '../blocks/index.js';
import { Surface } from '../blocks/surface.js';
import { post, upload } from '../state/api.js';
import { dropForm, formOf } from '../state/session.js';
import { get, set, useStore } from '../state/store.js';
import { plainText, Text } from '../text/render.js';
import { slackFileUrl } from './message.js';

/** What elements on a view need. */
export function useViewSurface(view, errors) {
  return useMemo(() => {
    const where = { type: 'view', view_id: view.id };
    const form = formOf(`view ${view.id}`, view.values);
    return {
      kind: view.type,
      channel: get('place')?.kind === 'channel' ? get('place').id : undefined,
      form,
      errors,
      act: (block, element, value) => post('actions', { where, block_id: block.block_id, action_id: element.action_id, value, state: form.state() }),
      options: (block, element, query) => post('options', { where, block_id: block.block_id, action_id: element.action_id, query }),
      upload: (files) => upload(files),
      openImage: (source, alt) => set('lightbox', { source, alt }),
      fileUrl: slackFileUrl,
    };
  }, [view.id, errors]);
}

export function Modals() {
  const stack = list(useStore('modals'));
  const known = useRef([]);
  useEffect(() => {
    known.current.filter((id) => !stack.some((view) => view.id === id)).forEach((id) => dropForm(`view ${id}`));
    known.current = stack.map((view) => view.id);
  }, [stack]);
  if (stack.length === 0) return null;
  return html`<${Dialog} stack=${stack} />`;
}

function Dialog({ stack }) {
  const dialog = useRef(null);
  const before = useRef(document.activeElement);
  const view = stack[stack.length - 1];
  useLayoutEffect(() => {
    dialog.current.showModal();
    return () => before.current?.focus?.();
  }, []);
  useLayoutEffect(() => focusFirst(dialog.current), [view.id]);
  const closeAll = () => post(`views/${view.id}/close`, { all: true });
  const escape = (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    closeAll();
  };
  // The stack is the server's: the browser never closes the dialog by itself, whatever it thinks of a second Esc.
  const reopen = (event) => { if (event.target === dialog.current && dialog.current.isConnected) dialog.current.showModal(); };
  return html`<dialog class="modal" ref=${dialog} aria-label=${plainText(view.title)} onKeyDown=${escape} onCancel=${(e) => e.preventDefault()} onClose=${reopen}>
    <${Modal} key=${view.id} view=${view} depth=${stack.length} onCloseAll=${closeAll} />
  </dialog>`;
}

const FIELD = ':is(input:not(.only-read), textarea, .select-button, button)';

/** What has the focus in a new view: what asks for it, else the first field, else the last button. */
function focusFirst(dialog) {
  const wanted = [`[data-focus=yes] ${FIELD}`, `.input ${FIELD}`, `.modal-body ${FIELD}`, '.modal-foot button:last-child'];
  wanted.map((selector) => dialog.querySelector(selector)).find(Boolean)?.focus();
}

function Modal({ view, depth, onCloseAll }) {
  const [state, setState] = useState({ busy: false, errors: {}, message: '' });
  const form = useRef(null);
  const surface = useViewSurface(view, state.errors);
  const submit = async (event) => {
    event.preventDefault();
    if (state.busy || event.target !== form.current) return;
    setState({ busy: true, errors: {}, message: '' });
    const answer = await post(`views/${view.id}/submit`, { state: surface.form.state() });
    const errors = answer.errors ?? {};
    setState({ busy: false, errors, message: answer.ok === false && Object.keys(errors).length === 0 ? answer.message || answer.error : '' });
    requestAnimationFrame(() => form.current?.querySelector('.input-bad')?.querySelector(FIELD)?.focus());
  };
  const close = () => post(`views/${view.id}/close`, { all: false });
  return html`<form class="modal-form" ref=${form} onSubmit=${submit} novalidate aria-busy=${state.busy}>
    <header class="modal-head">
      ${depth > 1 && html`<button type="button" class="icon-button" aria-label="Back" title="Back" onClick=${close}><${Icon} name="left" /></button>`}
      <div><h2><${Text} of=${view.title} /></h2><small class="quiet">${view.app_name}</small></div><span class="spring"></span>
      <button type="button" class="icon-button" aria-label="Close" title="Close" onClick=${onCloseAll}><${Icon} name="close" /></button>
    </header>
    ${state.message && html`<div key="message" class="alert alert-error modal-message" role="alert"><${Icon} name="alert" /><div>${state.message}</div></div>`}
    <div key="body" class="modal-body"><${Surface.Provider} value=${surface}><${Blocks} blocks=${view.blocks} /><//></div>
    <footer class="modal-foot">
      <button type="button" class="button" onClick=${close}>${plainText(view.close) ? html`<${Text} of=${view.close} />` : depth > 1 ? 'Back' : 'Cancel'}</button>
      ${view.submit && html`<button type="submit" class=${`button primary ${state.busy ? 'pending' : ''}`} disabled=${state.busy}><${Text} of=${view.submit} /></button>`}
    </footer>
  </form>`;
}
