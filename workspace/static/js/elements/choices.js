// checkboxes and radio_buttons.
import { html, list, str, useId } from '../lib.js';
import { Text } from '../text/render.js';
import { useValue } from './acting.js';

function Choice({ kind, name, option, checked, onChange }) {
  return html`<label class="choice">
    <input type=${kind} name=${name} checked=${checked} onChange=${onChange} />
    <span><${Text} of=${option?.text} />${option?.description && html`<small><${Text} of=${option.description} /></small>`}</span>
  </label>`;
}

export function Checkboxes({ element, field }) {
  const [value, , commit] = useValue(element, list(element.initial_options).map((option) => str(option?.value)));
  const chosen = list(value);
  const toggle = (one) => commit(chosen.includes(one) ? chosen.filter((v) => v !== one) : [...chosen, one]);
  return html`<div role="group" class="choices" aria-labelledby=${field?.labelledBy} aria-describedby=${field?.describedBy}>
    ${list(element.options).map((option) => html`<${Choice} kind="checkbox" option=${option} checked=${chosen.includes(str(option?.value))} onChange=${() => toggle(str(option?.value))} />`)}
  </div>`;
}

export function RadioButtons({ element, field }) {
  const [value, , commit] = useValue(element, str(element.initial_option?.value) || null);
  const name = useId();
  return html`<div role="radiogroup" class="choices" aria-labelledby=${field?.labelledBy} aria-describedby=${field?.describedBy}>
    ${list(element.options).map((option) => html`<${Choice} kind="radio" name=${name} option=${option} checked=${value === str(option?.value)} onChange=${() => commit(str(option?.value))} />`)}
  </div>`;
}
