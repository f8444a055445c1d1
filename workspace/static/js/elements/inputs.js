// plain_text_input, email_text_input, url_text_input, number_input.
import { html, list, str, useContext, useRef } from '../lib.js';
import { InBlock } from '../blocks/surface.js';
import { plainText } from '../text/render.js';
import { useValue } from './acting.js';

const TYPING_PAUSE_MS = 400;
const TYPES = { plain_text_input: 'text', email_text_input: 'email', url_text_input: 'url', number_input: 'text' };
const MODES = { number_input: 'decimal', email_text_input: 'email', url_text_input: 'url' };

/** When the app hears of typing: after each pause, or on Enter, as `dispatch_action_config` says. */
function useTyping(element) {
  const block = useContext(InBlock);
  const [value, set, commit] = useValue(element, str(element.initial_value));
  const timer = useRef(0);
  const wanted = list(element.dispatch_action_config?.trigger_actions_on);
  const onTyping = wanted.includes('on_character_entered');
  const onEnter = wanted.length === 0 || wanted.includes('on_enter_pressed');
  const type = (text) => {
    set(text);
    clearTimeout(timer.current);
    if (onTyping) timer.current = setTimeout(() => commit(text), TYPING_PAUSE_MS);
  };
  const enter = (event) => {
    if (event.key !== 'Enter' || event.isComposing || (element.multiline && !event.ctrlKey && !event.metaKey)) return;
    if (block.dispatch_action !== true && block.type === 'input') return;
    event.preventDefault();
    clearTimeout(timer.current);
    if (onEnter) commit(event.target.value);
  };
  return [value, type, enter];
}

export function TextInput({ element, field }) {
  const [value, type, enter] = useTyping(element);
  const common = {
    id: field?.id,
    class: 'field',
    value: str(value),
    placeholder: plainText(element.placeholder),
    maxlength: Number(element.max_length) > 0 ? Number(element.max_length) : undefined,
    'aria-label': field ? undefined : plainText(element.placeholder) || 'Text',
    'aria-describedby': field?.describedBy,
    'aria-invalid': field?.invalid,
    'aria-required': field?.required,
    onInput: (event) => type(event.target.value),
    onKeyDown: enter,
  };
  if (element.multiline === true) return html`<textarea rows="4" ...${common}></textarea>`;
  return html`<input type=${TYPES[element.type]} inputmode=${MODES[element.type]} autocomplete="off" ...${common} />`;
}
