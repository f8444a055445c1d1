// card, carousel and container.
import { cx, html, list, str, useRef, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { Element } from '../elements/index.js';
import { Text, plainText } from '../text/render.js';
import { Blocks } from './index.js';
import { RichText } from './rich_text.js';
import { Picture } from './picture.js';
import { InBlock, useSurface } from './surface.js';

export function Card({ block }) {
  const surface = useSurface();
  const actions = list(block.actions);
  return html`<article class="card" aria-label=${plainText(block.title) || undefined}>
    ${block.hero_image && html`<${Picture} of=${block.hero_image} class="card-hero" onOpen=${surface.openImage} />`}
    <div class="card-body">
      <div class="card-head">
        ${block.icon && html`<${Picture} of=${block.icon} class="card-icon" />`}
        <div>
          ${block.title && html`<div class="card-title"><${Text} of=${block.title} /></div>`}
          ${block.subtitle && html`<div class="quiet"><${Text} of=${block.subtitle} /></div>`}
        </div>
      </div>
      ${block.body && html`<div class="card-text"><${Text} of=${block.body} /></div>`}
      ${actions.length > 0 && html`<div class="actions">${actions.map((element, i) => html`<${Element} key=${str(element?.action_id) || i} element=${element} />`)}</div>`}
    </div>
  </article>`;
}

const STEP_PX = 280;

export function Carousel({ block }) {
  const strip = useRef(null);
  const cards = list(block.elements);
  const move = (direction) => strip.current?.scrollBy({ left: direction * STEP_PX, behavior: 'smooth' });
  return html`<div class="carousel" role="group" aria-roledescription="carousel" aria-label=${`${cards.length} cards`}>
    <div class="carousel-strip" ref=${strip} tabindex="0">
      ${cards.map((card, i) => html`<${InBlock.Provider} key=${str(card?.block_id) || i} value=${card}><${Card} block=${card ?? {}} /><//>`)}
    </div>
    ${cards.length > 1 && html`<div class="carousel-moves">
      <button type="button" class="icon-button" aria-label="Previous cards" onClick=${() => move(-1)}><${Icon} name="left" /></button>
      <button type="button" class="icon-button" aria-label="Next cards" onClick=${() => move(1)}><${Icon} name="right" /></button>
    </div>`}
  </div>`;
}

const WIDTHS = ['narrow', 'standard', 'wide', 'full'];

export function Container({ block }) {
  const folds = block.is_collapsible === true;
  const [open, setOpen] = useState(!(folds && block.default_collapsed === true));
  const width = WIDTHS.includes(block.width) ? block.width : 'standard';
  const words = html`
    ${block.icon && html`<${Picture} of=${block.icon} class="card-icon" />`}
    <span class="container-words">
      <span class="card-title">${block.rich_text_title ? html`<${RichText} block=${block.rich_text_title} />` : html`<${Text} of=${block.title} />`}</span>
      ${block.subtitle && html`<span class="quiet"><${Text} of=${block.subtitle} /></span>`}
    </span>`;
  return html`<section class=${cx('container', `container-${width}`, block.has_header_divider && 'container-divided')}>
    ${folds
    ? html`<button type="button" class="container-head" aria-expanded=${open} onClick=${() => setOpen(!open)}>${words}<${Icon} name=${open ? 'down' : 'right'} size=${14} /></button>`
    : html`<div class="container-head">${words}</div>`}
    ${open && html`<div class="container-body"><${Blocks} blocks=${block.child_blocks} /></div>`}
  </section>`;
}
