// The list of what a person can go to: channels, direct messages, apps; and who the person is.
import { cx, html, list, useCallback, useLayoutEffect, useRef, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { channelTitle } from '../elements/options.js';
import { Menu, Popover } from '../elements/popover.js';
import { post } from '../state/api.js';
import { putChannel } from '../state/events.js';
import { actAs, showApp, showChannel, showDm } from '../state/session.js';
import { useStore } from '../state/store.js';
import { displayName } from '../text/directory.js';
import { Avatar } from './avatar.js';

export function Sidebar() {
  const session = useStore('session');
  const open = useStore('sidebar');
  const connection = useStore('connection');
  return html`<nav class=${cx('sidebar', open && 'sidebar-open')} aria-label="Channels and apps">
    <div class="sidebar-head"><span class="logo" aria-hidden="true"><svg viewBox="0 0 24 24" width="22" height="22"><path d="M3 17c3.5-1 5-3.500 6.500-6.500C11 7.500 13 5 17 5c2 0 3 .8 3.800 1.600L24 7.500l-3 1.300c.2 4.200-3 8.200-8.500 8.200H8l-2.500 2H3.500L5 17z" fill="currentColor"/></svg></span>
      <strong>${session.team.name}</strong>${connection === 'lost' && html`<span class="offline" role="status">connecting…</span>`}</div>
    <div class="sidebar-lists">
      <${Channels} />
      <${DirectMessages} />
      <${Apps} />
    </div>
    <${Me} />
  </nav>`;
}

function Section({ title, label, onAdd, anchor, children }) {
  return html`<section class="sidebar-section"><div class="sidebar-title"><h2>${title}</h2>
    ${onAdd && html`<button type="button" ref=${anchor} class="icon-button small" aria-label=${label} title=${label} onClick=${onAdd}><${Icon} name="plus" size=${15} /></button>`}</div>${children}</section>`;
}

function Place({ sign, title, unread: count, mentions: pings, current, quiet, onOpen }) {
  const unread = current ? 0 : count;
  const mentions = current ? 0 : pings;
  const words = `${title}${mentions ? `, ${mentions} mentions` : unread ? `, ${unread} unread` : ''}`;
  return html`<li><button type="button" class=${cx('place', unread > 0 && 'place-unread', quiet && 'place-quiet')} aria-current=${current ? 'page' : undefined} aria-label=${words} onClick=${onOpen}>
    <span class="place-sign" aria-hidden="true">${sign}</span><span class="place-name">${title}</span>${mentions > 0 ? html`<span class="place-count">${mentions}</span>` : unread > 0 && html`<span class="place-dot" aria-hidden="true"></span>`}</button></li>`;
}

const byName = (a, b) => a.name.localeCompare(b.name);

function Channels() {
  const marks = useStore('marks');
  const channels = Object.values(useStore('channels')).filter((c) => c.kind === 'public' || c.kind === 'private');
  const place = useStore('place');
  const [open, setOpen] = useState(false);
  const [all, setAll] = useState(false);
  const anchor = useRef(null);
  const close = useCallback(() => setOpen(false), []);
  const mine = channels.filter((c) => c.is_member && (!c.is_archived || c.id === place?.id)).sort(byName);
  const others = channels.filter((c) => !mine.includes(c)).sort(byName);
  const draw = (c) => html`<${Place} key=${c.id} sign=${html`<${Icon} name=${c.is_archived ? 'archive' : c.kind === 'private' ? 'lock' : 'hash'} size=${15} />`} title=${c.name} unread=${c.is_member ? marks[c.id].unread : 0} mentions=${c.is_member ? marks[c.id].mentions : 0} quiet=${!c.is_member} current=${place?.kind === 'channel' && place.id === c.id} onOpen=${() => showChannel(c.id)} />`;
  return html`<${Section} title="Channels" label="Create a channel" anchor=${anchor} onAdd=${() => setOpen(!open)}>
    <ul>${mine.map(draw)}${all && others.map(draw)}</ul>
    ${others.length > 0 && html`<button type="button" class="link-button sidebar-more" aria-expanded=${all} onClick=${() => setAll(!all)}>${all ? 'Show fewer' : `${others.length} more to join`}</button>`}
    ${open && html`<${CreateChannel} anchor=${anchor} close=${close} />`}
  <//>`;
}

function CreateChannel({ anchor, close }) {
  const [error, setError] = useState('');
  const name = useRef(null);
  useLayoutEffect(() => name.current.focus(), []);
  const create = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const answer = await post('channels', { name: form.elements.name.value.trim(), is_private: form.elements.secret.checked });
    if (answer.ok === false) return setError(answer.message || answer.error);
    putChannel(answer.channel);
    close();
    return showChannel(answer.channel.id);
  };
  return html`<${Popover} anchor=${anchor} onClose=${close} class="small-form" hold>
    <form onSubmit=${create} onKeyDown=${(e) => { if (e.key === 'Tab') e.stopPropagation(); }}>
      <label>Name <input class="field" name="name" required maxlength="80" pattern="[^A-Z\\s]+" autocomplete="off" ref=${name} /></label>
      <label class="choice"><input type="checkbox" name="secret" /> <span>Private</span></label>
      ${error && html`<div class="input-error" role="alert">${error}</div>`}
      <button type="submit" class="button primary small">Create channel</button>
    </form>
  <//>`;
}

function DirectMessages() {
  const users = useStore('users');
  const place = useStore('place');
  const session = useStore('session');
  const marks = useStore('marks');
  const channels = Object.values(useStore('channels')).filter((c) => (c.kind === 'im' || c.kind === 'mpim') && !c.app_id && (marks[c.id].latest || marks[c.id].unread || c.id === place?.id));
  const [open, setOpen] = useState(false);
  const anchor = useRef(null);
  const close = useCallback(() => setOpen(false), []);
  const people = Object.values(users).filter((user) => !user.is_bot && !user.deleted && user.id !== session.me).sort((a, b) => displayName(a).localeCompare(displayName(b)));
  return html`<${Section} title="Direct messages" label="Write to someone" anchor=${anchor} onAdd=${() => setOpen(!open)}>
    <ul>${channels.map((c) => html`<${Place} key=${c.id} sign=${html`<${Avatar} user=${users[list(c.with)[0]] ?? users[session.me]} size="tiny" />`} title=${channelTitle(c, users)} unread=${marks[c.id].unread} mentions=${marks[c.id].mentions} current=${place?.kind === 'channel' && place.id === c.id} onOpen=${() => showChannel(c.id)} />`)}</ul>
    ${channels.length === 0 && html`<p class="sidebar-empty">Nobody yet</p>`}
    ${open && html`<${Menu} anchor=${anchor} label="People" onClose=${close} items=${people.map((user) => ({ label: displayName(user), note: user.title, icon: html`<${Icon} name="person" size=${16} />`, onPick: () => showDm([user.id]) }))} />`}
  <//>`;
}

function Apps() {
  const marks = useStore('marks');
  const apps = Object.values(useStore('apps')).sort(byName);
  const users = useStore('users');
  const place = useStore('place');
  const dms = Object.values(useStore('channels')).filter((c) => c.kind === 'im' && c.app_id);
  return html`<${Section} title="Apps"><ul>${apps.map((app) => {
    const dm = dms.find((c) => c.app_id === app.id);
    return html`<${Place} key=${app.id} sign=${html`<span class=${cx('presence', app.connected && 'presence-on')}><${Avatar} user=${users[app.bot_user_id] ?? { id: app.id, name: app.name, is_bot: true }} size="tiny" /></span>`}
      title=${app.name} unread=${marks[dm?.id]?.unread ?? 0} mentions=${marks[dm?.id]?.mentions ?? 0} current=${place?.kind === 'app' && place.id === app.id} onOpen=${() => showApp(app.id)} />`;
  })}</ul><//>`;
}

function Me() {
  const session = useStore('session');
  const users = useStore('users');
  const [open, setOpen] = useState(false);
  const anchor = useRef(null);
  const close = useCallback(() => setOpen(false), []);
  const me = users[session.me];
  const items = session.people.map((id) => users[id]).filter(Boolean).map((user) => ({
    label: displayName(user), icon: user.id === session.me ? html`<${Icon} name="check" size=${16} />` : ' ', note: [user.title, user.tz_label].filter(Boolean).join(' · '), onPick: () => user.id !== session.me && actAs(user.id),
  }));
  return html`<div class="me">
    <button type="button" ref=${anchor} class="me-button" aria-haspopup="menu" aria-expanded=${open} aria-label=${`You are ${displayName(me)}. Act as someone else`} onClick=${() => setOpen(!open)}>
      <${Avatar} user=${me} /><span class="me-words"><strong>${displayName(me)}</strong><small>Act as someone else</small></span><${Icon} name="updown" size=${16} /></button>
    ${open && html`<${Menu} anchor=${anchor} items=${[{ heading: 'Act as' }, ...items]} label="Act as" onClose=${close} />`}
  </div>`;
}
