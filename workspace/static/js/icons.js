// Line drawings for controls, our own: they look the same whatever fonts a machine has.
import { html } from './lib.js';

const PATHS = {
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13zM15.5 15.5L20 20',
  pulse: 'M3 12.5h4l2.5-7l5 13.5l2.5-6.5h4',
  bolt: 'M13 3L5 13.5h6L10 21l8-10.5h-6z',
  sun: 'M12 8a4 4 0 1 1 0 8a4 4 0 0 1 0-8zM12 2.5V5M12 19v2.5M2.5 12H5M19 12h2.5M5.300 5.300L7 7M17 17l1.700 1.700M18.700 5.300L17 7M7 17l-1.700 1.700',
  moon: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z',
  auto: 'M12 3.5a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM12 3.5v17M12 8h6.5M12 12h8M12 16h6.5',
  menu: 'M4 7h16M4 12h16M4 17h16',
  more: 'M12 5a.9.9 0 1 1 0 1.8a.9.9 0 0 1 0-1.8zM12 11.1a.9.9 0 1 1 0 1.8a.9.9 0 0 1 0-1.8zM12 17.2a.9.9 0 1 1 0 1.8a.9.9 0 0 1 0-1.8z',
  dots: 'M5.5 11.1a.9.9 0 1 1 0 1.8a.9.9 0 0 1 0-1.8zM12 11.1a.9.9 0 1 1 0 1.8a.9.9 0 0 1 0-1.8zM18.5 11.1a.9.9 0 1 1 0 1.8a.9.9 0 0 1 0-1.8z',
  smile: 'M12 3.5a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM8.5 14.5c1.8 2.300 5.200 2.300 7 0M9 9.5v.01M15 9.5v.01',
  reply: 'M20 12a7.5 7.5 0 0 1-7.5 7.5H4l2-3A7.5 7.5 0 1 1 20 12z',
  send: 'M4 12L20 4.5L15.5 20l-4-6.5zM11.5 13.5L20 4.5',
  left: 'M14.5 5.5L8 12l6.5 6.5',
  right: 'M9.5 5.5L16 12l-6.5 6.5',
  down: 'M6 9.5l6 6l6-6',
  updown: 'M8 9l4-4l4 4M8 15l4 4l4-4',
  hash: 'M9.5 4L8 20M16 4l-1.5 16M4.5 9h16M3.5 15h16',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  archive: 'M4 5h16v4H4zM5.5 9v10h13V9M10 13h4',
  clip: 'M19.5 11.5l-7.5 7.5a5 5 0 0 1-7-7l8-8a3.300 3.300 0 0 1 4.700 4.700L9.700 16.700a1.700 1.700 0 0 1-2.400-2.400l7-7',
  download: 'M12 4v11M7 10.5l5 5l5-5M5 20h14',
  copy: 'M9 9h10.5v10.5H9zM5 15H4V4h11v1',
  link: 'M10 14a4 4 0 0 0 5.700 0l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1',
  pin: 'M9 4h6l-.500 6l3 3.5h-11l3-3.5zM12 13.5V20',
  edit: 'M4.5 19.5l1-4.5L16 4.5l3.5 3.5L9 18.5z',
  trash: 'M5 7h14M10 7V4.5h4V7M7 7l1 12.5h8L17 7M10.5 10.5v5.5M13.5 10.5v5.5',
  code: 'M8.5 7L3.5 12l5 5M15.5 7l5 5l-5 5',
  block: 'M4 5h16v14H4zM9.5 9.5L7 12l2.5 2.5M14.5 9.5L17 12l-2.5 2.5',
  eye: 'M2.5 12C5 7.5 8.5 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-6 6.5-9.5 6.5S5 16.5 2.5 12zM12 9a3 3 0 1 1 0 6a3 3 0 0 1 0-6z',
  people: 'M9 5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 0 1 0-7zM2.5 19.5c.5-4 3-5.5 6.5-5.5s6 1.5 6.5 5.5M16 5.5a3.300 3.300 0 0 1 0 6M18 14.5c2 .6 3.200 2 3.5 4.5',
  person: 'M12 4.5a4 4 0 1 1 0 8a4 4 0 0 1 0-8zM4.5 20c.6-4 3.5-5.5 7.5-5.5s6.900 1.5 7.5 5.5',
  leave: 'M10 4.5H5v15h5M10.5 12H20M16 8l4 4l-4 4',
  file: 'M6.5 3.5h7l4 4v13h-11zM13.5 3.5v4h4',
  alert: 'M12 4L2.5 20h19zM12 10v4.5M12 17.5v.01',
  info: 'M12 3.5a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM12 11v5.5M12 7.5v.01',
  thumbsup: 'M7 12V20H4v-8zM7 12l4-8c2 0 2.5 1.5 2 3l-.8 3H18c1.5 0 2.300 1 2 2.300l-1.400 6c-.3 1-1 1.700-2.100 1.700H7',
  thumbsdown: 'M7 12V4H4v8zM7 12l4 8c2 0 2.5-1.5 2-3l-.8-3H18c1.5 0 2.300-1 2-2.300l-1.400-6C18.300 4.700 17.600 4 16.5 4H7',
};

/** One drawing, in the colour of the text around it; never read out, its button has a name. */
export function Icon({ name, size = 18 }) {
  return html`<svg class="icon" width=${size} height=${size} viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"><path d=${PATHS[name]} /></svg>`;
}
