// The row under the composer: files, marks, emoji, shortcuts, send.
import { html, list, useCallback, useRef, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { Menu } from '../elements/popover.js';
import { wrapSelection } from '../elements/rich_input.js';
import { post } from '../state/api.js';
import { toast } from '../state/events.js';
import { useStore } from '../state/store.js';
import { EmojiPicker } from './emoji_picker.js';

const MARKS = [['*', 'Bold', 'B', 'bold'], ['_', 'Italic', 'I', 'italic'], ['~', 'Strikethrough', 'S', 'strikethrough'], ['`', 'Code', html`<${Icon} name="code" />`, 'code']];

async function runShortcut(one) {
  const answer = await post('shortcuts', { app_id: one.app_id, callback_id: one.callback_id });
  if (answer.ok === false) toast('error', answer.message || answer.error);
}

export function ComposerTools({ area, files, busy, empty, submit, insert }) {
  const session = useStore('session');
  const [open, setOpen] = useState('');
  const plus = useRef(null);
  const smile = useRef(null);
  const input = useRef(null);
  const close = useCallback(() => setOpen(''), []);
  const global = list(session.shortcuts).filter((one) => one.type === 'global').map((one) => ({ label: one.name, note: [one.app_name, one.description].filter(Boolean).join(' · '), icon: html`<${Icon} name="bolt" size=${16} />`, onPick: () => runShortcut(one) }));
  const items = [{ label: 'Upload from this computer', icon: html`<${Icon} name="clip" size=${16} />`, onPick: () => input.current.click() }, ...(global.length ? [{ line: true }, { heading: 'Shortcuts' }, ...global] : [])];
  return html`<div class="composer-tools">
    <button type="button" class="icon-button" ref=${plus} aria-label="Attach a file or run a shortcut" title="Attach a file or run a shortcut" aria-haspopup="menu" aria-expanded=${open === 'plus'} onClick=${() => setOpen(open ? '' : 'plus')}><${Icon} name="plus" /></button>
    <input ref=${input} type="file" multiple class="only-read" tabindex="-1" aria-label="Files to attach" onChange=${(e) => { files.add([...e.target.files]); e.target.value = ''; }} />
    ${MARKS.map(([mark, name, sign, kind]) => html`<button type="button" class=${`icon-button mark-${kind}`} aria-label=${name} title=${name} onClick=${() => wrapSelection(area.current, mark)}>${sign}</button>`)}
    <button type="button" class="icon-button" aria-label="Code block" title="Code block" onClick=${() => wrapSelection(area.current, '```')}><${Icon} name="block" /></button>
    <button type="button" class="icon-button" ref=${smile} aria-label="Emoji" title="Emoji" aria-expanded=${open === 'smile'} onClick=${() => setOpen(open ? '' : 'smile')}><${Icon} name="smile" /></button>
    <span class="spring"></span>
    <button type="button" class="send" disabled=${busy || empty} aria-label="Send" title="Send (Enter)" onClick=${submit}><${Icon} name="send" /></button>
    ${open === 'plus' && html`<${Menu} anchor=${plus} items=${items} label="Attach" onClose=${close} />`}
    ${open === 'smile' && html`<${EmojiPicker} anchor=${smile} onClose=${close} onPick=${(name) => insert(`:${name}: `)} />`}
  </div>`;
}
