// Calls to the server. Who acts goes with each of them; a failed call is an answer with `ok: false`, never a throw.
const BASE = '/_page/api/';
const TRIES = 5;
const RETRY_PAUSE_MS = 200;

let actingAs = null;

export const setActor = (id) => { actingAs = id; };
export const actor = () => actingAs;

const refused = (message, error = 'connection_failed') => ({ ok: false, error, message });

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/**
 * A call that got no connection is made again. Browsers give up what waits for a connection whenever a network
 * interface comes or goes, as containers make them do; what already has a connection is not touched by that, so
 * a call is not carried out twice.
 */
async function send(url, options) {
  const headers = { ...(actingAs ? { 'X-Act-As': actingAs } : {}), ...options.headers };
  for (let left = TRIES; left > 0; left -= 1) {
    try {
      const response = await fetch(url, { ...options, headers });
      const answer = await response.json();
      return answer.ok === false || response.ok ? answer : refused(`The workspace answered ${response.status}`, 'http_error');
    } catch {
      if (left > 1) await pause(RETRY_PAUSE_MS * (TRIES - left + 1));
    }
  }
  return refused('The workspace cannot be reached');
}

export const fetchJson = (path) => send(BASE + path, { method: 'GET' });

export const post = (path, body = {}) => send(BASE + path, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
});

/** Sends files, and whatever else belongs to them. */
export function upload(files, fields = {}) {
  const form = new FormData();
  Object.entries(fields).filter(([, value]) => value).forEach(([name, value]) => form.append(name, value));
  [...files].forEach((file) => form.append('file', file, file.name));
  return send(`${BASE}files`, { method: 'POST', body: form });
}

/** Fault controls: `GET`, `POST` or `DELETE` under `/_control/`. */
export const control = (method, path, body) => send(`/_control/${path}`, {
  method, headers: { 'Content-Type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body),
});

/** Address of a file's bytes for the person who looks. */
export function fileAddress(pageUrl, { download = false } = {}) {
  const url = new URL(pageUrl, document.baseURI);
  if (actingAs) url.searchParams.set('as', actingAs);
  if (download) url.searchParams.set('download', '1');
  return url.href;
}
