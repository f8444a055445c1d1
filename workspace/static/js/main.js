// Where the page begins.
import { html, render } from './lib.js';
import { start } from './state/session.js';
import { App } from './ui/app.js';
import { applyTheme } from './ui/tools.js';

applyTheme(localStorage.getItem('theme') ?? 'auto');
render(html`<${App} />`, document.getElementById('page'));
start(new URLSearchParams(location.search).get('as') ?? sessionStorage.getItem('act-as'));
