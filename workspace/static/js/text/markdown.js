// The `markdown` block: ordinary Markdown. The library only cuts the text into tokens; we draw them.
import { html, list, str } from '../lib.js';
import { lexer } from '../../vendor/marked.js';
import { Link, Plain } from './render.js';

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: '\u00a0' };
const decode = (text) => str(text).replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name) => ENTITIES[name]);

const heading = (token) => {
  const level = Math.min(6, Math.max(1, token.depth)) + 1;
  return html`<div class=${`md-heading md-h${token.depth}`} role="heading" aria-level=${Math.min(6, level)}>${tokens(token.tokens)}</div>`;
};

function listBlock(token) {
  const tag = token.ordered ? 'ol' : 'ul';
  return html`<${tag} start=${token.ordered && token.start > 1 ? token.start : undefined}>
    ${token.items.map((item) => html`<li class=${item.task ? 'md-task' : ''}>
      ${item.task && html`<input type="checkbox" checked=${item.checked} disabled aria-label=${item.checked ? 'done' : 'to do'} />`}
      ${tokens(item.tokens)}
    </li>`)}
  <//>`;
}

function table(token) {
  const align = (index) => (token.align[index] ? `align-${token.align[index]}` : '');
  const row = (cells, tag) => html`<tr>${cells.map((cell, i) => html`<${tag} class=${align(i)}>${tokens(cell.tokens)}<//>`)}</tr>`;
  return html`<div class="table-scroll" tabindex="0" role="group" aria-label="Table">
    <table class="data"><thead>${row(token.header, 'th')}</thead><tbody>${token.rows.map((cells) => row(cells, 'td'))}</tbody></table>
  </div>`;
}

const DRAW = {
  space: () => null,
  def: () => null,
  checkbox: () => null,
  hr: () => html`<hr />`,
  br: () => html`<br />`,
  heading,
  table,
  list: listBlock,
  paragraph: (token) => html`<p>${tokens(token.tokens)}</p>`,
  blockquote: (token) => html`<blockquote>${tokens(token.tokens)}</blockquote>`,
  code: (token) => html`<pre tabindex="0" data-language=${token.lang || undefined}>${token.text}</pre>`,
  codespan: (token) => html`<code>${decode(token.text)}</code>`,
  strong: (token) => html`<strong>${tokens(token.tokens)}</strong>`,
  em: (token) => html`<em>${tokens(token.tokens)}</em>`,
  del: (token) => html`<s>${tokens(token.tokens)}</s>`,
  link: (token) => html`<${Link} url=${token.href}>${tokens(token.tokens)}<//>`,
  image: (token) => html`<${Link} url=${token.href}>${token.text || token.href}<//>`,
  escape: (token) => decode(token.text),
  text: (token) => (token.tokens ? tokens(token.tokens) : html`<${Plain} text=${decode(token.text)} />`),
};

/** A token we do not draw, raw HTML above all, is shown as it was typed. */
const tokens = (of) => list(of).map((token) => (DRAW[token.type] ? DRAW[token.type](token) : token.raw));

export function Markdown({ text }) {
  return html`<div class="markdown">${tokens(lexer(str(text), { gfm: true, breaks: true }))}</div>`;
}
