// datepicker, timepicker, datetimepicker: the browser's own fields, which keyboards and screen readers know.
import { html, str, useRef } from '../lib.js';
import { isoMinute, isTime, unixOfIsoMinute } from '../text/dates.js';
import { useDirectory } from '../text/directory.js';
import { plainText } from '../text/render.js';
import { useValue } from './acting.js';

const TYPING_PAUSE_MS = 900;

/** A field whose value is complete at every keystroke: the app is told after a pause or on leaving. */
function Picker({ type, element, field, value, set, commit }) {
  const told = useRef(value);
  const timer = useRef(0);
  const tell = (next) => {
    clearTimeout(timer.current);
    if (next === told.current) return;
    told.current = next;
    commit(next);
  };
  const change = (event) => {
    const next = event.target.value || null;
    set(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => tell(next), TYPING_PAUSE_MS);
  };
  return html`<input class="field picker" type=${type} id=${field?.id} value=${value ?? ''}
    aria-label=${field ? undefined : plainText(element.placeholder) || type} aria-describedby=${field?.describedBy} aria-invalid=${field?.invalid} aria-required=${field?.required}
    onInput=${change} onBlur=${(e) => tell(e.target.value || null)} />`;
}

export function DatePicker({ element, field }) {
  const [value, set, commit] = useValue(element, str(element.initial_date) || null);
  return html`<${Picker} type="date" element=${element} field=${field} value=${value} set=${set} commit=${commit} />`;
}

export function TimePicker({ element, field }) {
  const [value, set, commit] = useValue(element, str(element.initial_time) || null);
  return html`<${Picker} type="time" element=${element} field=${field} value=${value} set=${set} commit=${commit} />`;
}

export function DateTimePicker({ element, field }) {
  const { zone } = useDirectory();
  const [value, set, commit] = useValue(element, isTime(element.initial_date_time) ? element.initial_date_time : null);
  const unix = (text) => (text ? unixOfIsoMinute(text, zone) : null);
  return html`<${Picker} type="datetime-local" element=${element} field=${field} value=${value ? isoMinute(value, zone) : null}
    set=${(text) => set(unix(text))} commit=${(text) => commit(unix(text))} />`;
}
