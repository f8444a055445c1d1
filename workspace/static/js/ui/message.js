// One message: who, when, what, and what can be done with it. Drawn again only when it changes itself.
import { Boundary, cx, html, list, memo, str, useMemo, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { Blocks } from '../blocks/index.js';
import { Surface } from '../blocks/surface.js';
import { fileAddress, post } from '../state/api.js';
import { toast } from '../state/events.js';
import { formOf, showThread } from '../state/session.js';
import { remove, set, useStore } from '../state/store.js';
import { messageKey } from '../state/timeline.js';
import { ago, clock, fullMoment } from '../text/dates.js';
import { displayName, useDirectory, useNow } from '../text/directory.js';
import { Emoji, Mrkdwn } from '../text/render.js';
import { Attachments } from './attachments.js';
import { Avatar } from './avatar.js';
import { EditBox } from './edit_box.js';
import { Files } from './files.js';
import { MessageTools } from './message_tools.js';

/** What elements in a message need. */
function useMessageSurface(channel, ts) {
  return useMemo(() => {
    const where = { type: 'message', channel, ts };
    const form = formOf(`message ${channel} ${ts}`);
    return {
      kind: 'message',
      channel,
      form,
      errors: {},
      act: (block, element, value) => post('actions', { where, block_id: block.block_id, action_id: element.action_id, value, state: form.state() }),
      options: (block, element, query) => post('options', { where, block_id: block.block_id, action_id: element.action_id, query }),
      openImage: (source, alt) => set('lightbox', { source, alt }),
      fileUrl: slackFileUrl,
    };
  }, [channel, ts]);
}

/** Address of a `slack_file`: by its id, or the address as given. */
export function slackFileUrl(file) {
  if (!file) return null;
  return file.id ? fileAddress(`/_page/files/${encodeURIComponent(str(file.id))}/picture`) : str(file.url);
}

/** Whether the pointer or the focus is in an element: only there are its tools drawn. */
function useNearness() {
  const [active, setActive] = useState(false);
  const handlers = useMemo(() => ({
    onPointerEnter: () => setActive(true),
    onPointerLeave: (event) => setActive(event.currentTarget.contains(document.activeElement)),
    onFocusIn: () => setActive(true),
    onFocusOut: (event) => setActive(event.currentTarget.contains(event.relatedTarget) || event.currentTarget.matches(':hover')),
  }), []);
  return [active, handlers];
}

export const Message = memo(({ channel, ts, compact, inThread }) => {
  const message = useStore(messageKey(channel, ts));
  const editKey = `edit ${channel} ${ts}`;
  const editing = useStore(editKey) === true;
  const { users, channels, viewerId } = useDirectory();
  const surface = useMessageSurface(channel, ts);
  const [active, nearness] = useNearness();
  if (!message) return null;
  const user = users[message.user];
  const name = str(message.username) || displayName(user) || str(message.user);
  const toMe = message.user !== viewerId && list(message.pings).some((id) => id === viewerId || ['here', 'channel', 'everyone'].includes(id));
  return html`<article class=${cx('message', compact && 'message-compact', message.ephemeral && 'message-ephemeral', toMe && 'message-to-me')} data-ts=${ts} ...${nearness} tabindex="-1" aria-label=${`${name}, ${str(message.text).slice(0, 200)}`}>
    ${message.ephemeral && html`<div class="only-you"><${Icon} name="eye" size=${14} /> Only visible to you</div>`}
    ${!message.ephemeral && list(channels[channel]?.pinned).includes(ts) && html`<div class="only-you pinned" key="pin"><${Icon} name="pin" size=${14} /> Pinned</div>`}
    <div class="message-row" key="row">
      <div class="message-side">${compact ? html`<${Stamp} ts=${ts} bare />` : html`<${Avatar} user=${user} name=${message.username} icons=${message.icons} />`}</div>
      <div class="message-main">
        ${!compact && html`<header><strong class="message-name">${name}</strong>${(message.bot_id || user?.is_bot) && html`<span class="badge">APP</span>`} <${Stamp} ts=${ts} />${message.streaming_state === 'in_progress' && html`<span class="quiet streaming"> writing…</span>`}</header>`}
        <${Boundary} subject=${message} fallback=${html`<div class="block-unknown">This message cannot be shown.</div>`}>
          ${editing ? html`<${EditBox} channel=${channel} message=${message} onDone=${() => remove(editKey)} />`
    : html`<${Surface.Provider} value=${surface}><${Body} message=${message} /><//>`}
        <//>
        ${list(message.reactions).length > 0 && html`<${Reactions} channel=${channel} message=${message} />`}
        ${!inThread && message.reply_count > 0 && html`<${ThreadSummary} channel=${channel} message=${message} />`}
        ${message.subtype === 'thread_broadcast' && !inThread && html`<button type="button" class="link-button" onClick=${() => showThread(channel, message.thread_ts)}>↳ from a thread</button>`}
      </div>
    </div>
    ${active && !editing && html`<${MessageTools} channel=${channel} message=${message} inThread=${inThread} onEdit=${() => set(editKey, true)} />`}
  </article>`;
});

function Stamp({ ts, bare }) {
  const { zone } = useDirectory();
  const unix = Number(ts);
  const text = clock(unix, zone);
  return html`<time class="stamp" datetime=${new Date(unix * 1000).toISOString()} title=${fullMoment(unix, zone)}>${bare ? text.replace(/ [AP]M$/, '') : text}</time>`;
}

function Body({ message }) {
  const blocks = list(message.blocks);
  const files = list(message.files);
  return html`<div class="message-body">
    ${blocks.length > 0 ? html`<${Blocks} blocks=${blocks} />` : message.text && html`<${Mrkdwn} text=${message.text} />`}
    ${message.edited && html`<span class="quiet edited"> (edited)</span>`}
    ${list(message.attachments).length > 0 && html`<${Attachments} attachments=${message.attachments} />`}
    ${files.length > 0 && html`<${Files} files=${files} />`}
  </div>`;
}

/** Adds or takes back one's own reaction. */
export async function react(channel, ts, name, on) {
  const answer = await post('reactions', { channel, ts, name, on });
  if (answer.ok === false) toast('error', answer.message);
}

function Reactions({ channel, message }) {
  const { users, viewerId } = useDirectory();
  return html`<div class="reactions">${list(message.reactions).map((reaction) => {
    const mine = list(reaction.users).includes(viewerId);
    const who = list(reaction.users).map((id) => displayName(users[id]) || id).join(', ');
    return html`<button type="button" key=${reaction.name} class=${cx('reaction', mine && 'reaction-mine')} aria-pressed=${mine} title=${`${who} reacted with :${reaction.name}:`}
      onClick=${() => react(channel, message.ts, reaction.name, !mine)}><${Emoji} name=${reaction.name} /> ${reaction.count}</button>`;
  })}</div>`;
}

function ThreadSummary({ channel, message }) {
  const { users } = useDirectory();
  const now = useNow();
  const count = message.reply_count;
  return html`<button type="button" class="thread-summary" onClick=${() => showThread(channel, message.ts)}>
    ${list(message.reply_users).slice(0, 4).map((id) => html`<${Avatar} key=${id} user=${users[id]} size="small" />`)}
    <span class="thread-count">${count} ${count === 1 ? 'reply' : 'replies'}</span>
    ${message.latest_reply && html`<span class="quiet">Last reply ${ago(Math.min(Number(message.latest_reply), now), now)}</span>`}
  </button>`;
}
