// rich_text_input: a field with marks as in the composer; its value is a rich_text block.
import { html, str, useRef } from '../lib.js';
import { Icon } from '../icons.js';
import { richTextWords } from '../blocks/rich_text.js';
import { toRichText } from '../text/rich.js';
import { plainText } from '../text/render.js';
import { useValue } from './acting.js';

const MARKS = [['*', 'Bold', 'B'], ['_', 'Italic', 'I'], ['~', 'Strikethrough', 'S'], ['`', 'Code', html`<${Icon} name="code" size=${16} />`]];

/** Puts a mark around what is selected in a field and keeps the selection. */
export function wrapSelection(area, mark) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  area.setRangeText(mark + value.slice(from, to) + mark, from, to, 'select');
  area.setSelectionRange(from + mark.length, to + mark.length);
  area.dispatchEvent(new Event('input', { bubbles: true }));
  area.focus();
}

export function RichTextInput({ element, field }) {
  const [value, set, commit] = useValue(element, element.initial_value ?? null);
  const area = useRef(null);
  const typed = useRef(typeof value === 'string' ? value : richTextWords(value));
  const change = (event) => {
    typed.current = event.target.value;
    set(typed.current ? toRichText(typed.current) : null);
  };
  return html`<div class="rich-input">
    <div class="marks" role="toolbar" aria-label="Formatting">
      ${MARKS.map(([mark, name, sign]) => html`<button type="button" class=${`mark mark-${name.toLowerCase()}`} aria-label=${name} title=${name} onClick=${() => wrapSelection(area.current, mark)}>${sign}</button>`)}
    </div>
    <textarea ref=${area} class="field" rows="4" id=${field?.id} value=${str(typed.current)} placeholder=${plainText(element.placeholder)}
      aria-label=${field ? undefined : 'Text'} aria-describedby=${field?.describedBy} aria-invalid=${field?.invalid}
      onInput=${change} onBlur=${() => commit(typed.current ? toRichText(typed.current) : null)}></textarea>
  </div>`;
}
