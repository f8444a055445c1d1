// Choosing an emoji by name.
import { html, useLayoutEffect, useRef, useState } from '../lib.js';
import { Popover } from '../elements/popover.js';
import { emojiChar, searchEmoji } from '../text/emoji.js';

const SHOWN = 56;
const FIRST = ['+1', 'eyes', 'white_check_mark', 'tada', 'heart', 'joy', 'rocket', 'raised_hands', 'pray', 'fire', 'thinking_face', 'x', 'warning', 'wave', 'clap', '100'];

export function EmojiPicker({ anchor, onClose, onPick }) {
  const [query, setQuery] = useState('');
  const search = useRef(null);
  useLayoutEffect(() => search.current.focus(), []);
  const names = query ? searchEmoji(query.toLowerCase().replaceAll(':', ''), SHOWN) : FIRST;
  const pick = (name) => {
    onClose();
    anchor.current?.focus();
    onPick(name);
  };
  return html`<${Popover} anchor=${anchor} onClose=${onClose} class="emoji-picker">
    <input class="field" ref=${search} type="text" placeholder="Find an emoji" aria-label="Find an emoji" value=${query} onInput=${(e) => setQuery(e.target.value)}
      onKeyDown=${(e) => { if (e.key === 'Enter' && names[0]) { e.preventDefault(); pick(names[0]); } }} />
    <div class="emoji-grid">${names.map((name) => html`<button type="button" key=${name} title=${`:${name}:`} aria-label=${name} onClick=${() => pick(name)}>${emojiChar(name)}</button>`)}</div>
  <//>`;
}
