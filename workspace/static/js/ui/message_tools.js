// What a person can do with a message: react, reply, shortcuts, pin, copy, edit, delete.
import { cx, html, list, useCallback, useRef, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { askConfirm } from '../elements/confirm.js';
import { Menu } from '../elements/popover.js';
import { post } from '../state/api.js';
import { dropMessage } from '../state/timeline.js';
import { toast } from '../state/events.js';
import { showThread } from '../state/session.js';
import { get, useStore } from '../state/store.js';
import { useDirectory } from '../text/directory.js';
import { EmojiPicker } from './emoji_picker.js';
import { react } from './message.js';

const icon = (name) => html`<${Icon} name=${name} size=${16} />`;

async function tell(call, done) {
  const answer = await call;
  if (answer.ok === false) toast('error', answer.message || answer.error);
  else if (done) toast('info', done);
}

async function remove(channel, ts) {
  const sure = await askConfirm({ title: 'Delete message', text: 'This cannot be undone.', confirm: 'Delete', deny: 'Cancel', style: 'danger' });
  if (sure) tell(post('messages/delete', { channel, ts }));
}

function copy(text, what) {
  navigator.clipboard.writeText(text).then(() => toast('info', `${what} copied`), () => toast('warning', 'The browser does not allow copying'));
}

function itemsFor({ channel, message, shortcuts, mine, pinned, onEdit }) {
  const { ts } = message;
  const own = shortcuts.filter((one) => one.type === 'message').map((one) => ({
    label: one.name, note: one.app_name, icon: icon('bolt'), onPick: () => tell(post('shortcuts', { app_id: one.app_id, callback_id: one.callback_id, channel, message_ts: ts })),
  }));
  return [
    { label: 'Copy text', icon: icon('copy'), onPick: () => copy(message.text ?? '', 'Text') },
    { label: 'Copy link', icon: icon('link'), onPick: () => copy(message.permalink ?? '', 'Link') },
    { label: pinned ? 'Unpin' : 'Pin', icon: icon('pin'), onPick: () => tell(post('pins', { channel, ts, on: !pinned })) },
    ...(mine ? [{ label: 'Edit', icon: icon('edit'), onPick: onEdit }, { label: 'Delete', icon: icon('trash'), danger: true, onPick: () => remove(channel, ts) }] : []),
    ...(own.length ? [{ line: true }, { heading: 'Message shortcuts' }, ...own] : []),
  ];
}

export function MessageTools({ channel, message, inThread, onEdit }) {
  const { viewerId } = useDirectory();
  const session = useStore('session');
  const [open, setOpen] = useState('');
  const more = useRef(null);
  const smile = useRef(null);
  const close = useCallback(() => setOpen(''), []);
  if (message.ephemeral) {
    return html`<div class="message-tools"><button type="button" class="icon-button" title="Dismiss" aria-label="Dismiss" onClick=${() => dropMessage(channel, message.ts)}><${Icon} name="close" /></button></div>`;
  }
  const pinned = list(get('channels')[channel]?.pinned).includes(message.ts);
  const items = () => itemsFor({ channel, message, shortcuts: list(session.shortcuts), mine: message.user === viewerId && !message.bot_id, pinned, onEdit });
  return html`<div class=${cx('message-tools', open && 'tools-open')} role="toolbar" aria-label="Message actions">
    <button type="button" class="icon-button" ref=${smile} title="Add reaction" aria-label="Add reaction" aria-expanded=${open === 'smile'} onClick=${() => setOpen(open ? '' : 'smile')}><${Icon} name="smile" /></button>
    ${!inThread && html`<button type="button" class="icon-button" title="Reply in thread" aria-label="Reply in thread" onClick=${() => showThread(channel, message.thread_ts ?? message.ts)}><${Icon} name="reply" /></button>`}
    <button type="button" class="icon-button" ref=${more} title="More actions" aria-label="More message actions" aria-haspopup="menu" aria-expanded=${open === 'more'} onClick=${() => setOpen(open ? '' : 'more')}><${Icon} name="more" /></button>
    ${open === 'more' && html`<${Menu} anchor=${more} items=${items()} label="Message actions" onClose=${close} />`}
    ${open === 'smile' && html`<${EmojiPicker} anchor=${smile} onClose=${close} onPick=${(name) => react(channel, message.ts, name, true)} />`}
  </div>`;
}
