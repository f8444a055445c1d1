// Interactive elements: one table of drawing functions, and what is common to all of them.
import { html, memo, str } from '../lib.js';
import { Icon } from '../icons.js';
import { Picture } from '../blocks/picture.js';
import { Acting, useActing } from './acting.js';
import { Button, FeedbackButtons, IconButton, Overflow } from './buttons.js';
import { Checkboxes, RadioButtons } from './choices.js';
import { FileInput } from './files.js';
import { TextInput } from './inputs.js';
import { DatePicker, DateTimePicker, TimePicker } from './pickers.js';
import { RichTextInput } from './rich_input.js';
import { Select } from './select.js';

const SELECTS = ['static', 'external', 'users', 'channels', 'conversations'].flatMap((kind) => [`${kind}_select`, `multi_${kind}_select`]);

const ELEMENTS = {
  button: Button,
  workflow_button: Button,
  icon_button: IconButton,
  feedback_buttons: FeedbackButtons,
  overflow: Overflow,
  checkboxes: Checkboxes,
  radio_buttons: RadioButtons,
  datepicker: DatePicker,
  timepicker: TimePicker,
  datetimepicker: DateTimePicker,
  plain_text_input: TextInput,
  email_text_input: TextInput,
  url_text_input: TextInput,
  number_input: TextInput,
  rich_text_input: RichTextInput,
  file_input: FileInput,
  ...Object.fromEntries(SELECTS.map((type) => [type, Select])),
};

/** Names of every element type the page draws (an image is one only as an accessory). */
export const ELEMENT_TYPES = Object.keys(ELEMENTS);

/** One element, with a warning beside it when the app did not answer. `field`: ids of the label around it. */
export const Element = memo(({ element, field }) => {
  const type = str(element?.type);
  if (type === 'image') return html`<${Picture} of=${element} class="accessory-image" />`;
  if (!Object.hasOwn(ELEMENTS, type)) return html`<span class="block-unknown">Unknown element <code>${type || 'no type'}</code></span>`;
  return html`<${Acted} draw=${ELEMENTS[type]} element=${element} field=${field} />`;
});

function Acted({ draw, element, field }) {
  const acting = useActing(element);
  return html`<${Acting.Provider} value=${acting}>
    <span class="element" data-element=${element.type} data-action-id=${str(element.action_id)} data-focus=${element.focus_on_load === true ? 'yes' : undefined}>
      <${draw} element=${element} field=${field} />
      ${acting.failed && html`<span class="element-failed" role="alert" title=${acting.failed}><${Icon} name="alert" size=${14} /> ${acting.failed}</span>`}
    </span>
  <//>`;
}
