// Slack's mrkdwn → a tree of plain nodes. Pure: no DOM, no names looked up.
// Source of the rules: docs.slack.dev/messaging/formatting-message-text.
// Linear in the length of the text: a failed search for a closing mark is remembered, never repeated.

const MAX_DEPTH = 6;
const STYLES = { '*': 'bold', _: 'italic', '~': 'strike' };
const WORD = /[\p{L}\p{N}]/u;
const EMOJI = /:([a-z0-9_+'-]+)(?:::skin-tone-([2-6]))?:/y;
const BARE_URL = /https?:\/\/[^\s<>|*`]+[^\s<>|*`.,:;!?'")\]]/y;
const BROADCAST = /@(here|channel|everyone)\b/y;
const HASH_NAME = /#([\p{L}\p{N}_-]{1,80})/uy;

/** The three escapes that Slack knows, undone. */
export function unescape(text) {
  return text.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: '&', lt: '<', gt: '>' })[name]);
}

/**
 * Parses mrkdwn into block nodes: `{t:'pre', c}`, `{t:'quote', c}` and `{t:'line', c}`.
 * @param {string} text
 * @param {{verbatim?: boolean, names?: boolean}} options `verbatim`: nothing but `<…>` makes a link;
 *   `names`: `@here` and `#channel` are recognised, as in the mrkdwn of a block.
 */
export function parseMrkdwn(text, options = {}) {
  const nodes = [];
  const fence = /```\n?([\s\S]*?)\n?```/g;
  let end = 0;
  for (const match of text.matchAll(fence)) {
    if (!match[1].trim()) continue;
    pushLines(nodes, text.slice(end, match.index).replace(/\n$/, ''), options);
    nodes.push({ t: 'pre', c: parseLiteral(match[1]) });
    end = match.index + match[0].length;
    if (text[end] === '\n') end += 1;
  }
  pushLines(nodes, text.slice(end), options);
  return nodes;
}

function pushLines(nodes, text, options) {
  if (!text) return;
  let quoteRest = false;
  for (const line of text.split('\n')) {
    const quote = line.match(/^(?:&gt;|>)(&gt;&gt;|>>)?\s?/);
    const quoted = quoteRest || quote;
    if (quote && quote[1]) quoteRest = true;
    const children = parseInline(quote ? line.slice(quote[0].length) : line, options);
    const last = nodes[nodes.length - 1];
    if (!quoted) nodes.push({ t: 'line', c: children });
    else if (last && last.t === 'quote') last.c.push({ t: 'line', c: children });
    else nodes.push({ t: 'quote', c: [{ t: 'line', c: children }] });
  }
}

/** Inside code only `<…>` means something. */
function parseLiteral(text) {
  return scan(text, 0, (reader) => reader.angle());
}

/** Parses one line of mrkdwn into inline nodes. */
export function parseInline(text, options = {}, depth = 0) {
  return scan(text, depth, (reader) => {
    const char = reader.char;
    if (char === '<') return reader.angle();
    if (char === '`') return reader.code();
    if (STYLES[char]) return reader.styled(options);
    if (char === ':') return reader.emoji();
    if (options.verbatim) return null;
    if (char === 'h') return reader.bareUrl();
    if (options.names && char === '@') return reader.match(BROADCAST, (m) => ({ t: 'broadcast', name: m[1] }));
    if (options.names && char === '#') return reader.match(HASH_NAME, (m) => ({ t: 'hash', name: m[1], text: m[0] }));
    return null;
  });
}

function scan(text, depth, step) {
  const reader = new Reader(text, depth);
  while (reader.at < text.length) {
    const node = step(reader);
    if (node) reader.emit(node);
    else reader.plain();
  }
  return reader.finish();
}

class Reader {
  constructor(text, depth) {
    this.text = text;
    this.depth = depth;
    this.at = 0;
    this.next = 0;
    this.start = 0;
    this.nodes = [];
    this.hopeless = {};
  }

  get char() {
    return this.text[this.at];
  }

  plain() {
    this.at += 1;
  }

  emit(node) {
    this.flush();
    this.nodes.push(node);
    this.at = this.next;
    this.start = this.at;
  }

  flush() {
    if (this.at > this.start) this.nodes.push({ t: 'text', v: unescape(this.text.slice(this.start, this.at)) });
  }

  finish() {
    this.flush();
    return this.nodes;
  }

  match(pattern, build) {
    if (this.at > 0 && WORD.test(this.text[this.at - 1])) return null;
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) return null;
    this.next = pattern.lastIndex;
    return build(found);
  }

  bareUrl() {
    return this.match(BARE_URL, (m) => ({ t: 'link', url: unescape(m[0]), c: [{ t: 'text', v: unescape(m[0]) }] }));
  }

  emoji() {
    EMOJI.lastIndex = this.at;
    const found = EMOJI.exec(this.text);
    if (!found) return null;
    this.next = EMOJI.lastIndex;
    return { t: 'emoji', name: found[1], tone: found[2] };
  }

  angle() {
    if (this.char !== '<') return null;
    const close = this.find('>', this.at + 1, () => true);
    if (close < 0) return null;
    const node = parseAngle(this.text.slice(this.at + 1, close));
    this.next = close + 1;
    return node;
  }

  code() {
    const close = this.find('`', this.at + 1, () => true);
    if (close <= this.at + 1) return null;
    this.next = close + 1;
    return { t: 'code', c: parseLiteral(this.text.slice(this.at + 1, close)) };
  }

  styled(options) {
    const { text, at, char } = this;
    if (this.depth >= MAX_DEPTH || (at > 0 && WORD.test(text[at - 1])) || /[\s]|^$/.test(text[at + 1] ?? '')) return null;
    const close = this.find(char, at + 2, (i) => !/\s/.test(text[i - 1]) && !WORD.test(text[i + 1] ?? ''));
    if (close < 0) return null;
    this.next = close + 1;
    return { t: STYLES[char], c: parseInline(text.slice(at + 1, close), options, this.depth + 1) };
  }

  /** Index of the next `mark` from `from` that `fits`, or -1; a miss holds for the rest of the text. */
  find(mark, from, fits) {
    if (this.hopeless[mark]) return -1;
    let at = this.text.indexOf(mark, from);
    while (at >= 0 && !fits(at)) at = this.text.indexOf(mark, at + 1);
    if (at < 0) this.hopeless[mark] = true;
    return at;
  }
}

function parseAngle(body) {
  const bar = body.indexOf('|');
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? '' : unescape(body.slice(bar + 1));
  if (target.startsWith('@')) return { t: 'user', id: target.slice(1), label };
  if (target.startsWith('#')) return { t: 'channel', id: target.slice(1), label };
  if (target.startsWith('!')) return parseSpecial(target.slice(1), label);
  const url = unescape(target);
  return { t: 'link', url, c: [{ t: 'text', v: label || url.replace(/^(mailto|tel):/, '') }] };
}

function parseSpecial(body, label) {
  const parts = body.split('^');
  if (parts[0] === 'date') {
    return { t: 'date', unix: Number(parts[1]), format: unescape(parts[2] ?? ''), url: parts[3] && unescape(parts[3]), fallback: label };
  }
  if (parts[0] === 'subteam') return { t: 'group', id: parts[1] ?? '', label };
  if (['here', 'channel', 'everyone'].includes(parts[0])) return { t: 'broadcast', name: parts[0] };
  return { t: 'text', v: label || `<!${body}>` };
}
