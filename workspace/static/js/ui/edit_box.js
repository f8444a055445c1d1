// Editing one's own message in place.
import { html, useLayoutEffect, useRef, useState } from '../lib.js';
import { post } from '../state/api.js';
import { typedText } from '../text/typed.js';
import { useDirectory } from '../text/directory.js';

export function EditBox({ channel, message, onDone }) {
  const directory = useDirectory();
  const area = useRef(null);
  const [text, setText] = useState(() => typedText(message.text ?? '', directory));
  const [error, setError] = useState('');
  useLayoutEffect(() => {
    area.current.focus();
    area.current.setSelectionRange(text.length, text.length);
  }, []);
  const save = async () => {
    const answer = await post('messages/edit', { channel, ts: message.ts, text });
    if (answer.ok === false) setError(answer.message);
    else onDone();
  };
  const keys = (event) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      onDone();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      save();
    }
  };
  return html`<div class="edit-box">
    <textarea class="field grows" ref=${area} aria-label="Edit message" value=${text} onInput=${(e) => setText(e.target.value)} onKeyDown=${keys}></textarea>
    ${error && html`<div class="input-error" role="alert">${error}</div>`}
    <div class="dialog-buttons"><button type="button" class="button small" onClick=${onDone}>Cancel</button><button type="button" class="button small primary" onClick=${save}>Save</button></div>
  </div>`;
}
