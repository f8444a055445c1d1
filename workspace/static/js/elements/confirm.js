// Confirm dialogs: asked by the page before an app hears of anything.
import { html, useEffect, useLayoutEffect, useRef, useState } from '../lib.js';
import { Text, plainText } from '../text/render.js';

let ask = null;

/**
 * Asks with Slack's confirm object `{title, text, confirm, deny, style}`; strings will do as well.
 * @returns {Promise<boolean>} whether the person agreed
 */
export function askConfirm(confirm) {
  return new Promise((resolve) => (ask ? ask({ confirm, resolve }) : resolve(false)));
}

/** Mounted once by the page; draws the question on top of everything. */
export function ConfirmHost() {
  const [question, setQuestion] = useState(null);
  useEffect(() => {
    ask = setQuestion;
    return () => { ask = null; };
  }, []);
  if (!question) return null;
  const answer = (agreed) => {
    setQuestion(null);
    question.resolve(agreed);
  };
  return html`<${Question} of=${question.confirm} answer=${answer} />`;
}

function Question({ of, answer }) {
  const dialog = useRef(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current.showModal();
    return () => before?.focus?.();
  }, []);
  const words = (part, otherwise) => (part ? html`<${Text} of=${part} />` : otherwise);
  return html`<dialog class="confirm" ref=${dialog} aria-label=${plainText(of.title) || 'Are you sure?'} onCancel=${(e) => { e.preventDefault(); answer(false); }}>
    <h2>${words(of.title, 'Are you sure?')}</h2>
    <div class="confirm-text">${words(of.text, '')}</div>
    <div class="dialog-buttons">
      <button type="button" class="button" onClick=${() => answer(false)}>${words(of.deny, 'Cancel')}</button>
      <button type="button" class=${`button ${of.style === 'danger' ? 'danger' : 'primary'}`} onClick=${() => answer(true)}>${words(of.confirm, 'Yes')}</button>
    </div>
  </dialog>`;
}
