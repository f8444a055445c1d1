// Typed marks (`*bold*`, lists, quotes, fences) → a rich_text block. Pure.
import { parseMrkdwn } from './mrkdwn.js';

const STYLES = { bold: 'bold', italic: 'italic', strike: 'strike' };

function parts(nodes, style = {}) {
  const styled = (part) => (Object.keys(style).length ? { ...part, style } : part);
  return nodes.flatMap((node) => {
    if (STYLES[node.t]) return parts(node.c, { ...style, [STYLES[node.t]]: true });
    if (node.t === 'code') return parts(node.c, { ...style, code: true });
    if (node.t === 'link') return [styled({ type: 'link', url: node.url })];
    if (node.t === 'emoji') return [{ type: 'emoji', name: node.name }];
    return node.v ? [styled({ type: 'text', text: node.v })] : [];
  });
}

const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const section = (nodes) => ({ type: 'rich_text_section', elements: parts(nodes) });

function lineOf(node) {
  const first = node.c[0]?.t === 'text' ? node.c[0].v : '';
  const bullet = first.match(/^([•*-]|\d+\.)\s+/);
  if (!bullet) return { kind: 'section', nodes: node.c };
  const rest = [{ t: 'text', v: first.slice(bullet[0].length) }, ...node.c.slice(1)];
  return { kind: /\d/.test(bullet[1]) ? 'ordered' : 'bullet', nodes: rest };
}

function push(elements, { kind, nodes }) {
  const last = elements[elements.length - 1];
  if (kind === 'section') {
    if (last?.type === 'rich_text_section') last.elements.push({ type: 'text', text: '\n' }, ...parts(nodes));
    else elements.push(section(nodes));
  } else if (last?.type === 'rich_text_list' && last.style === kind) {
    last.elements.push(section(nodes));
  } else {
    elements.push({ type: 'rich_text_list', style: kind, elements: [section(nodes)] });
  }
}

/** The rich_text block that says what was typed. */
export function toRichText(typed) {
  const elements = [];
  for (const node of parseMrkdwn(escape(typed))) {
    if (node.t === 'pre') elements.push({ type: 'rich_text_preformatted', elements: parts(node.c) });
    else if (node.t === 'quote') elements.push({ type: 'rich_text_quote', elements: node.c.flatMap((line) => parts(line.c)) });
    else push(elements, lineOf(node));
  }
  return { type: 'rich_text', elements };
}

