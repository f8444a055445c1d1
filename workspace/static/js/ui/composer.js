// Where a person writes: messages, commands, files.
import { cx, html, useEffect, useId, useLayoutEffect, useRef, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { useStore } from '../state/store.js';
import { Avatar } from './avatar.js';
import { AttachedFiles, useAttachments } from './composer_files.js';
import { ComposerTools } from './composer_tools.js';
import { commandBeingTyped, inFence, proposals } from './complete.js';
import { sendTyped } from './send.js';

const drafts = new Map();

/** Text of one composer, kept while the page lives. */
function useDraft(key) {
  const [state, setState] = useState({ key, text: drafts.get(key) ?? '' });
  const text = state.key === key ? state.text : drafts.get(key) ?? '';
  const setText = (next) => {
    drafts.set(key, next);
    setState({ key, text: next });
  };
  return [text, setText];
}

const useKnown = () => ({
  commands: useStore('session').commands, users: useStore('users'), groups: useStore('groups'), channels: useStore('channels'),
});

export function Composer({ channel, threadTs, placeholder, onEditLast }) {
  const [text, setText] = useDraft(`${channel} ${threadTs ?? ''}`);
  const [caret, setCaret] = useState(0);
  const [dismissed, setDismissed] = useState('');
  const [at, setAt] = useState(0);
  const [state, setState] = useState({ busy: false, error: '' });
  const [broadcast, setBroadcast] = useState(false);
  const area = useRef(null);
  const id = useId();
  const known = useKnown();
  const files = useAttachments();
  const offered = dismissed === text ? null : proposals(text, caret, known);
  const usage = commandBeingTyped(text, known.commands);
  useLayoutEffect(() => { if (!window.matchMedia('(pointer: coarse)').matches) area.current.focus({ preventScroll: true }); }, [channel, threadTs]);
  useEffect(() => setAt(0), [offered?.from, offered?.items.length]);
  useLayoutEffect(() => grow(area.current), [text]);

  // The field is written at once and not when it is next drawn: a fast typist's next key must find the caret in place.
  const write = (next, position = next.length) => {
    area.current.value = next;
    area.current.setSelectionRange(position, position);
    setText(next);
    setCaret(position);
  };
  const take = (item) => {
    const next = text.slice(0, offered.from) + item.insert + text.slice(caret);
    write(next, offered.from + item.insert.length);
    area.current.focus();
  };
  const submit = async () => {
    if (state.busy || (!text.trim() && files.chosen.length === 0)) return;
    const sending = text;
    setState({ busy: true, error: '' });
    setText('');
    const answer = await sendTyped({ channel, threadTs, text: sending, files: files.chosen, broadcast });
    const refused = answer.ok === false && !answer.shown;
    setState({ busy: false, error: refused ? answer.message || answer.error : '' });
    if (refused) setText(sending);
    else files.clear();
    area.current?.focus();
  };
  const keys = (event) => {
    if (event.isComposing) return;
    if (offered && listKeys(event, { offered, at, setAt, take, dismiss: () => setDismissed(text) })) return;
    if (event.key === 'Enter' && !event.shiftKey && (event.ctrlKey || event.metaKey || !inFence(text, area.current.selectionStart))) {
      event.preventDefault();
      submit();
    } else if (event.key === 'ArrowUp' && text === '' && onEditLast) {
      if (onEditLast()) event.preventDefault();
    }
  };
  return html`<div class=${cx('composer', files.over && 'composer-over')} ...${files.dropTarget}>
    ${offered && html`<${Proposals} id=${id} offered=${offered} at=${at} setAt=${setAt} take=${take} />`}
    ${usage && !offered && html`<div key="usage" class="usage" role="status"><strong>${usage.command}</strong> <code>${usage.usage_hint}</code> <span class="quiet">${usage.description}</span></div>`}
    ${state.error && html`<div key="error" class="composer-error" role="alert">${state.error}<button type="button" class="icon-button small" aria-label="Dismiss" onClick=${() => setState({ ...state, error: '' })}><${Icon} name="close" size=${14} /></button></div>`}
    <div key="box" class="composer-box">
      <textarea ref=${area} rows="1" value=${text} placeholder=${placeholder} aria-label=${placeholder} aria-autocomplete="list"
        aria-controls=${offered ? `${id}-list` : undefined} aria-activedescendant=${offered ? `${id}-${at}` : undefined}
        onInput=${(e) => { setText(e.target.value); setCaret(e.target.selectionStart); }} onSelect=${(e) => setCaret(e.target.selectionStart)} onKeyDown=${keys} onPaste=${files.paste}></textarea>
      <${AttachedFiles} files=${files} />
      <${ComposerTools} area=${area} files=${files} busy=${state.busy} empty=${!text.trim() && files.chosen.length === 0} submit=${submit} insert=${(more) => write(text.slice(0, caret) + more + text.slice(caret), caret + more.length)} />
    </div>
    ${threadTs && html`<label class="broadcast"><input type="checkbox" checked=${broadcast} onChange=${(e) => setBroadcast(e.target.checked)} /> Also send to the channel</label>`}
  </div>`;
}

function grow(area) {
  area.style.height = 'auto';
  area.style.height = `${Math.min(area.scrollHeight, window.innerHeight * 0.4)}px`;
}

/** Keys while something is proposed; true when the key was one of them. */
function listKeys(event, { offered, at, setAt, take, dismiss }) {
  const count = offered.items.length;
  const moves = { ArrowDown: (at + 1) % count, ArrowUp: (at - 1 + count) % count };
  if (event.key in moves) setAt(moves[event.key]);
  else if (event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey)) take(offered.items[Math.min(at, count - 1)]);
  else if (event.key === 'Escape') {
    event.stopPropagation();
    dismiss();
  } else return false;
  event.preventDefault();
  return true;
}

function Proposals({ id, offered, at, setAt, take }) {
  return html`<div class="proposals" id=${`${id}-list`} role="listbox" aria-label="Suggestions">
    ${offered.items.map((item, i) => html`<div key=${item.insert} id=${`${id}-${i}`} role="option" aria-selected=${i === at} class=${cx('proposal', i === at && 'option-active')}
      onPointerMove=${() => setAt(i)} onPointerDown=${(e) => { e.preventDefault(); take(item); }}>
      ${item.user ? html`<${Avatar} user=${item.user} size="small" />` : html`<span class="proposal-icon" aria-hidden="true">${item.emoji ?? html`<${Icon} name=${item.drawing} />`}</span>`}
      <span class="proposal-words"><strong>${item.label}</strong>${item.hint && html` <code>${item.hint}</code>`}${item.note && html` <small>${item.note}</small>`}</span>
      ${item.by && html`<span class="quiet proposal-by">${item.by}</span>`}
    </div>`)}
  </div>`;
}
