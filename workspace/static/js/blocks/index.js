// Block Kit: a list of blocks → elements. One table of drawing functions; what it lacks is shown as unknown.
import { Boundary, html, list, memo, str } from '../lib.js';
import { Card, Carousel, Container } from './cards.js';
import { Chart } from './chart.js';
import { Actions, ContextActions, Input } from './interactive.js';
import { RichText } from './rich_text.js';
import { Alert, Context, Divider, File, Header, Image, MarkdownBlock, Section, Video } from './simple.js';
import { InBlock } from './surface.js';
import { DataTable, Table } from './table.js';
import { Plan, TaskCard } from './tasks.js';

const BLOCKS = {
  section: Section,
  header: Header,
  divider: Divider,
  context: Context,
  image: Image,
  markdown: MarkdownBlock,
  video: Video,
  file: File,
  alert: Alert,
  rich_text: RichText,
  table: Table,
  data_table: DataTable,
  data_visualization: Chart,
  actions: Actions,
  context_actions: ContextActions,
  input: Input,
  card: Card,
  carousel: Carousel,
  container: Container,
  task_card: TaskCard,
  plan: Plan,
};

/** Names of every block type the page draws. */
export const BLOCK_TYPES = Object.keys(BLOCKS);

function Unknown({ type }) {
  return html`<div class="block-unknown" role="note">This block cannot be shown here: <code>${str(type) || 'no type'}</code></div>`;
}

export const Block = memo(({ block }) => {
  const type = str(block?.type);
  const draw = Object.hasOwn(BLOCKS, type) ? BLOCKS[type] : null;
  if (!draw) return html`<${Unknown} type=${type} />`;
  return html`<${Boundary} subject=${block} fallback=${html`<${Unknown} type=${type} />`}>
    <${InBlock.Provider} value=${block}>
      <div class=${`block block-${type}`} data-block=${type} data-block-id=${str(block.block_id)}><${draw} block=${block} /></div>
    <//>
  <//>`;
});

/** A whole list of blocks; a table is drawn at the bottom, as Slack does. */
export function Blocks({ blocks }) {
  const all = list(blocks);
  const ordered = [...all.filter((b) => b?.type !== 'table'), ...all.filter((b) => b?.type === 'table')];
  return html`<div class="blocks">
    ${ordered.map((block, index) => html`<${Block} key=${str(block?.block_id) || `at-${index}`} block=${block} />`)}
  </div>`;
}
