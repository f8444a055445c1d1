// task_card and plan: work that an app reports step by step.
import { html, list, str, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { Link } from '../text/render.js';
import { RichText } from './rich_text.js';

const STATES = {
  pending: ['○', 'waiting'],
  in_progress: ['◐', 'in progress'],
  complete: ['✓', 'complete'],
  error: ['✕', 'failed'],
};

export function TaskCard({ block }) {
  const status = Object.hasOwn(STATES, str(block.status)) ? block.status : 'pending';
  const sources = list(block.sources);
  const more = block.details || block.output || sources.length > 0;
  const [open, setOpen] = useState(status === 'in_progress' || status === 'error');
  const [mark, word] = STATES[status];
  const head = html`<span class=${`task-mark task-${status}`} role="img" aria-label=${word}>${mark}</span><span class="task-title">${str(block.title)}</span>`;
  return html`<div class="task">
    ${more ? html`<button type="button" class="task-head" aria-expanded=${open} onClick=${() => setOpen(!open)}>${head}<${Icon} name=${open ? 'down' : 'right'} size=${14} /></button>`
    : html`<div class="task-head">${head}</div>`}
    ${more && open && html`<div class="task-more">
      ${block.details && html`<${RichText} block=${block.details} />`}
      ${block.output && html`<div class="task-output"><${RichText} block=${block.output} /></div>`}
      ${sources.length > 0 && html`<div class="task-sources">${sources.map((source) => html`<${Link} url=${source?.url}>${str(source?.text) || str(source?.url)}<//>`)}</div>`}
    </div>`}
  </div>`;
}

export function Plan({ block }) {
  const tasks = list(block.tasks);
  const done = tasks.filter((task) => task?.status === 'complete').length;
  return html`<section class="plan" aria-label=${str(block.title)}>
    <div class="plan-head"><span class="card-title">${str(block.title)}</span>${tasks.length > 0 && html`<span class="quiet">${done} of ${tasks.length}</span>`}</div>
    ${tasks.length > 0 && html`<progress max=${tasks.length} value=${done} aria-label=${`${done} of ${tasks.length} tasks complete`}></progress>`}
    ${tasks.map((task, i) => html`<${TaskCard} key=${str(task?.task_id) || i} block=${task ?? {}} />`)}
  </section>`;
}
