// data_visualization: pie, bar, line and area charts as SVG, with the figures as a table for those who cannot see them.
import { html, list, str } from '../lib.js';

const WIDTH = 520;
const HEIGHT = 220;
const PAD = { left: 48, right: 12, top: 12, bottom: 30 };
const GRID_LINES = 4;

const number = (value) => (Number.isFinite(Number(value)) ? Number(value) : 0);
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

export function Chart({ block }) {
  const chart = block.chart ?? {};
  const pie = chart.type === 'pie';
  const series = pie ? [{ name: 'Value', data: list(chart.segments) }] : list(chart.series);
  const labels = pie ? list(chart.segments).map((s) => str(s?.label)) : categories(chart, series);
  const names = pie ? labels : series.map((one) => str(one?.name));
  return html`<figure class="chart">
    <figcaption class="card-title">${str(block.title)}</figcaption>
    <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${str(block.title)}>
      ${pie ? html`<${Pie} segments=${list(chart.segments)} />` : html`<${Plot} kind=${str(chart.type)} series=${series} labels=${labels} axis=${chart.axis_config ?? {}} />`}
    </svg>
    <div class="legend">${names.map((name, i) => html`<span><svg width="10" height="10" aria-hidden="true"><rect width="10" height="10" rx="3" class=${`hue-${i % 6}`} /></svg> ${name}</span>`)}</div>
    <${Figures} series=${series} labels=${labels} />
  </figure>`;
}

function categories(chart, series) {
  const told = list(chart.axis_config?.categories).map(str);
  return told.length > 0 ? told : list(series[0]?.data).map((point) => str(point?.label));
}

const at = (one, label) => number(list(one?.data).find((point) => str(point?.label) === label)?.value);

function Figures({ series, labels }) {
  return html`<table class="only-read"><thead><tr><td></td>${series.map((one) => html`<th scope="col">${str(one?.name)}</th>`)}</tr></thead>
    <tbody>${labels.map((label) => html`<tr><th scope="row">${label}</th>${series.map((one) => html`<td>${at(one, label)}</td>`)}</tr>`)}</tbody></table>`;
}

function Pie({ segments }) {
  const values = segments.map((s) => Math.max(0, number(s?.value)));
  const total = values.reduce((sum, value) => sum + value, 0) || 1;
  const radius = HEIGHT / 2 - 24;
  const round = 2 * Math.PI * radius;
  let before = 0;
  return values.map((value, i) => {
    const share = value / total;
    const ring = html`<circle cx=${WIDTH / 2} cy=${HEIGHT / 2} r=${radius} fill="none" stroke-width="40" class=${`stroke-${i % 6}`}
      stroke-dasharray=${`${share * round} ${round}`} stroke-dashoffset=${-before * round} transform=${`rotate(-90 ${WIDTH / 2} ${HEIGHT / 2})`}>
      <title>${`${str(segments[i]?.label)}: ${value} (${Math.round(share * 100)} %)`}</title></circle>`;
    before += share;
    return ring;
  });
}

function Plot({ kind, series, labels, axis }) {
  const values = series.flatMap((one) => labels.map((label) => at(one, label)));
  const high = Math.max(1, ...values);
  const low = Math.min(0, ...values);
  const y = (value) => PAD.top + (1 - (value - low) / (high - low)) * (HEIGHT - PAD.top - PAD.bottom);
  const slot = (WIDTH - PAD.left - PAD.right) / Math.max(1, labels.length);
  const x = (index) => PAD.left + slot * (index + 0.5);
  const grid = Array.from({ length: GRID_LINES + 1 }, (_, i) => low + ((high - low) * i) / GRID_LINES);
  return html`
    ${grid.map((value) => html`<g class="grid"><line x1=${PAD.left} x2=${WIDTH - PAD.right} y1=${y(value)} y2=${y(value)} /><text x=${PAD.left - 6} y=${y(value) + 4} text-anchor="end">${compact.format(value)}</text></g>`)}
    ${labels.map((label, i) => html`<text class="tick" x=${x(i)} y=${HEIGHT - PAD.bottom + 14} text-anchor="middle">${label.slice(0, 12)}</text>`)}
    ${axis.x_label && html`<text class="tick" x=${WIDTH / 2} y=${HEIGHT - 2} text-anchor="middle">${str(axis.x_label)}</text>`}
    ${series.map((one, i) => (kind === 'bar' ? bars(one, i) : path(one, i)))}`;

  function bars(one, i) {
    const width = (slot * 0.7) / series.length;
    return labels.map((label, j) => html`<rect class=${`hue-${i % 6}`} rx="2" x=${x(j) - slot * 0.35 + width * i} width=${Math.max(1, width - 2)}
      y=${Math.min(y(0), y(at(one, label)))} height=${Math.abs(y(0) - y(at(one, label)))}><title>${`${label}: ${at(one, label)}`}</title></rect>`);
  }

  function path(one, i) {
    const line = labels.map((label, j) => `${j ? 'L' : 'M'}${x(j)},${y(at(one, label))}`).join(' ');
    return html`
      ${kind === 'area' && html`<path class=${`hue-${i % 6} area`} d=${`${line} L${x(labels.length - 1)},${y(0)} L${x(0)},${y(0)} Z`} />`}
      <path class=${`line stroke-${i % 6}`} d=${line} />
      ${labels.map((label, j) => html`<circle class=${`hue-${i % 6}`} r="3" cx=${x(j)} cy=${y(at(one, label))}><title>${`${label}: ${at(one, label)}`}</title></circle>`)}`;
  }
}
