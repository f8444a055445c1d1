// A conversation: its head, its messages, its composer.
import { html, list, useCallback, useRef, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { askConfirm } from '../elements/confirm.js';
import { channelTitle } from '../elements/options.js';
import { Menu } from '../elements/popover.js';
import { fetchJson, post } from '../state/api.js';
import { putChannel, toast } from '../state/events.js';
import { get, set, update, useStore } from '../state/store.js';
import { messageKey, timelineKey } from '../state/timeline.js';
import { displayName, useDirectory } from '../text/directory.js';
import { Plain } from '../text/render.js';
import { linkUrl } from '../text/urls.js';
import { Composer } from './composer.js';
import { Tools } from './tools.js';
import { Timeline } from './timeline.js';

const icon = (name) => html`<${Icon} name=${name} size=${16} />`;

async function change(channel, verb, body = {}) {
  const answer = await post(`channels/${channel.id}/${verb}`, body);
  if (answer.ok === false) return toast('error', answer.message || answer.error);
  return answer.channel && putChannel(answer.channel);
}

export function ChannelPane({ id }) {
  const channel = useStore('channels')[id];
  if (!channel) return html`<main class="pane"><p class="empty">This conversation is not there any more.</p></main>`;
  return html`<main class="pane" aria-label=${channel.name ? `Channel ${channel.name}` : 'Direct message'}>
    <${ChannelHead} channel=${channel} />
    <${Conversation} channel=${channel} />
  </main>`;
}

/** Messages and composer, as a channel and the messages tab of an app show them. */
export function Conversation({ channel }) {
  const { users } = useDirectory();
  const title = channelTitle(channel, users);
  return html`
    <${Timeline} channel=${channel} />
    ${channel.is_archived ? html`<${Notice} text="This channel is archived: nothing can be sent to it." label="Unarchive" onPress=${() => change(channel, 'unarchive')} />`
    : !channel.is_member ? html`<${Notice} text=${`You are looking at #${channel.name}`} label="Join channel" onPress=${() => change(channel, 'join')} />`
      : html`<${Composer} channel=${channel.id} placeholder=${`Message ${channel.name ? `#${channel.name}` : title}`} onEditLast=${() => editLast(channel.id)} />`}`;
}

const Notice = ({ text, label, onPress }) => html`<div class="notice"><span>${text}</span><button type="button" class="button primary" onClick=${onPress}>${label}</button></div>`;

/** Arrow up in an empty composer: the last own message is edited. */
function editLast(id) {
  const me = get('session').me;
  const order = get(timelineKey(id))?.order ?? [];
  const mine = order.findLast((ts) => { const m = get(messageKey(id, ts)); return m?.user === me && !m.bot_id && !m.ephemeral; });
  if (!mine) return false;
  set(`edit ${id} ${mine}`, true);
  return true;
}

function ChannelHead({ channel }) {
  const { users } = useDirectory();
  const [open, setOpen] = useState('');
  const anchor = useRef(null);
  const close = useCallback(() => setOpen(''), []);
  const sign = { public: 'hash', private: 'lock' }[channel.kind];
  const other = channel.kind === 'im' ? users[list(channel.with)[0]] : null;
  return html`<header class="pane-head">
    <button type="button" class="icon-button burger" aria-label="Show the list of channels" onClick=${() => update('sidebar', (on) => !on)}><${Icon} name="menu" /></button>
    <h1><button type="button" class="head-title" ref=${anchor} aria-haspopup="menu" aria-expanded=${open === 'menu'} onClick=${() => setOpen(open ? '' : 'menu')}>
      ${sign && html`<span class="sign"><${Icon} name=${sign} size=${17} /></span>`}${channelTitle(channel, users)}${other?.is_bot && html`<span class="badge">APP</span>`} <${Icon} name="down" size=${13} /></button></h1>
    <span class="head-topic quiet"><${Plain} text=${channel.topic} /></span>
    ${list(channel.bookmarks).length > 0 && html`<nav class="bookmarks" aria-label="Bookmarks">${channel.bookmarks.map((mark) => linkUrl(mark.link) && html`<a href=${linkUrl(mark.link)} target="_blank" rel="noopener noreferrer"><${Plain} text=${mark.emoji} /> ${mark.title}</a>`)}</nav>`}
    <${Tools} />
    ${open === 'menu' && html`<${ChannelMenu} channel=${channel} anchor=${anchor} close=${close} />`}
  </header>`;
}

function ChannelMenu({ channel, anchor, close }) {
  const { users } = useDirectory();
  const [members, setMembers] = useState(null);
  if (members === null) fetchJson(`channels/${channel.id}/members`).then((answer) => setMembers(answer.members ?? []));
  const inside = new Set(members ?? []);
  const named = channel.kind === 'public' || channel.kind === 'private';
  const outside = Object.values(users).filter((user) => !user.deleted && !inside.has(user.id));
  const kick = async (user) => {
    const sure = await askConfirm({ title: 'Remove from channel', text: `Remove ${displayName(user)} from #${channel.name}?`, confirm: 'Remove', deny: 'Cancel', style: 'danger' });
    if (sure) change(channel, 'kick', { users: [user.id] });
  };
  if (members === null) return null;
  const items = [
    { heading: `${members.length} ${members.length === 1 ? 'member' : 'members'}` },
    ...members.map((id) => users[id]).filter(Boolean).map((user) => ({ label: displayName(user), note: user.is_bot ? 'app' : '', icon: icon('person'), onPick: named ? () => kick(user) : undefined })),
    ...(named ? [{ line: true }, { heading: 'Invite' }, ...outside.map((user) => ({ label: displayName(user), note: user.is_bot ? 'app' : '', icon: icon('plus'), onPick: () => change(channel, 'invite', { users: [user.id] }) })),
      { line: true },
      ...(channel.is_member ? [{ label: 'Leave channel', icon: icon('leave'), onPick: () => change(channel, 'leave') }] : [{ label: 'Join channel', icon: icon('plus'), onPick: () => change(channel, 'join') }]),
      channel.is_archived ? { label: 'Unarchive channel', icon: icon('archive'), onPick: () => change(channel, 'unarchive') } : { label: 'Archive channel', icon: icon('archive'), danger: true, onPick: () => change(channel, 'archive') }] : []),
  ];
  return html`<${Menu} anchor=${anchor} items=${items} label="Channel" onClose=${close} />`;
}
