// Blocks that are there for their elements: actions, context_actions, input.
import { cx, html, list, str, useId } from '../lib.js';
import { Element } from '../elements/index.js';
import { Text } from '../text/render.js';
import { useSurface } from './surface.js';

const keyed = (block) => list(block.elements).map((element, index) => html`<${Element} key=${str(element?.action_id) || index} element=${element} />`);

export const Actions = ({ block }) => html`<div class="actions">${keyed(block)}</div>`;

export const ContextActions = ({ block }) => html`<div class="context-actions">${keyed(block)}</div>`;

export function Input({ block }) {
  const { errors } = useSurface();
  const id = useId();
  const error = errors?.[block.block_id];
  const described = cx(block.hint && `${id}-hint`, error && `${id}-error`);
  return html`<div class=${cx('input', error && 'input-bad')}>
    <label id=${`${id}-label`} for=${`${id}-field`}><${Text} of=${block.label} />${block.optional === true && html`<span class="quiet"> (optional)</span>`}</label>
    <${Element} element=${block.element} field=${{ id: `${id}-field`, labelledBy: `${id}-label`, describedBy: described || undefined, invalid: Boolean(error), required: block.optional !== true }} />
    ${error && html`<div class="input-error" id=${`${id}-error`} role="alert">${str(error)}</div>`}
    ${block.hint && html`<div class="input-hint" id=${`${id}-hint`}><${Text} of=${block.hint} /></div>`}
  </div>`;
}
