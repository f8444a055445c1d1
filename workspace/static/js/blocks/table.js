// table (drawn as it comes) and data_table (with paging, sorting and a filter).
import { cx, html, list, str, useState } from '../lib.js';
import { RichText, richTextWords } from './rich_text.js';

const DEFAULT_PAGE_ROWS = 5;

function Cell({ of }) {
  if (of?.type === 'rich_text') return html`<${RichText} block=${of} />`;
  return str(of?.text ?? of?.value);
}

const alignOf = (setting) => (['left', 'center', 'right'].includes(setting?.align) ? `align-${setting.align}` : '');

export function Table({ block }) {
  const settings = list(block.column_settings);
  const [head, ...rows] = list(block.rows);
  const cells = (row, tag) => html`<tr>${list(row).map((cell, i) => html`
    <${tag} scope=${tag === 'th' ? 'col' : undefined} class=${cx(alignOf(settings[i]), settings[i]?.is_wrapped ? 'wrap' : 'nowrap')}><${Cell} of=${cell} /><//>`)}</tr>`;
  return html`<div class="table-scroll" tabindex="0" role="group" aria-label="Table">
    <table class="data"><thead>${cells(head, 'th')}</thead><tbody>${rows.map((row) => cells(row, 'td'))}</tbody></table>
  </div>`;
}

const words = (cell) => (cell?.type === 'rich_text' ? richTextWords(cell) : str(cell?.text ?? cell?.value));

function compare(left, right) {
  if (left?.type === 'raw_number' && right?.type === 'raw_number') return Number(left.value) - Number(right.value);
  return words(left).localeCompare(words(right), undefined, { numeric: true });
}

/** The rows to show: filtered by words, sorted by a column, in their own order otherwise. Pure. */
function arrange(rows, { filter, column, descending }) {
  const needle = filter.trim().toLowerCase();
  const kept = rows.filter((row) => !needle || row.some((cell) => words(cell).toLowerCase().includes(needle)));
  if (column === null) return kept;
  const sorted = [...kept].sort((a, b) => compare(a[column], b[column]));
  return descending ? sorted.reverse() : sorted;
}

export function DataTable({ block }) {
  const [view, setView] = useState({ filter: '', column: null, descending: false, page: 0 });
  const [head, ...body] = list(block.rows).map(list);
  const size = Math.min(100, Math.max(1, Number(block.page_size) || DEFAULT_PAGE_ROWS));
  const rows = arrange(body, view);
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const page = Math.min(view.page, pages - 1);
  const change = (part) => setView({ ...view, page: 0, ...part });
  return html`<div class="data-table">
    <div class="data-table-bar">
      <input type="search" placeholder="Filter" aria-label=${`Filter ${str(block.caption)}`} value=${view.filter} onInput=${(e) => change({ filter: e.target.value })} />
    </div>
    <div class="table-scroll" tabindex="0" role="group" aria-label=${str(block.caption)}>
      <table class="data">
        <caption>${str(block.caption)}</caption>
        <thead><tr>${list(head).map((cell, i) => html`<${SortHead} cell=${cell} index=${i} right=${body[0]?.[i]?.type === 'raw_number'} view=${view} change=${change} />`)}</tr></thead>
        <tbody>${rows.slice(page * size, (page + 1) * size).map((row) => html`<${BodyRow} row=${row} headColumn=${Number(block.row_header_column_index) || 0} />`)}</tbody>
      </table>
    </div>
    <${Pager} page=${page} pages=${pages} rows=${rows.length} go=${(to) => change({ page: to })} />
  </div>`;
}

function BodyRow({ row, headColumn }) {
  return html`<tr>${row.map((cell, i) => html`<${i === headColumn ? 'th' : 'td'} scope=${i === headColumn ? 'row' : undefined}
    class=${cell?.type === 'raw_number' ? 'align-right' : ''}><${Cell} of=${cell} /><//>`)}</tr>`;
}

function SortHead({ cell, index, right, view, change }) {
  const active = view.column === index;
  const sort = active ? (view.descending ? 'descending' : 'ascending') : 'none';
  return html`<th scope="col" aria-sort=${sort} class=${right ? 'align-right' : ''}>
    <button type="button" class="sort" onClick=${() => change({ column: index, descending: active && !view.descending })}>
      <${Cell} of=${cell} /><span aria-hidden="true">${{ ascending: ' ▴', descending: ' ▾', none: '' }[sort]}</span>
    </button></th>`;
}

function Pager({ page, pages, rows, go }) {
  if (pages === 1) return html`<div class="pager quiet">${rows} ${rows === 1 ? 'row' : 'rows'}</div>`;
  return html`<div class="pager">
    <button type="button" class="button small" disabled=${page === 0} onClick=${() => go(page - 1)}>Previous</button>
    <span class="quiet" role="status">Page ${page + 1} of ${pages}</span>
    <button type="button" class="button small" disabled=${page === pages - 1} onClick=${() => go(page + 1)}>Next</button>
  </div>`;
}
