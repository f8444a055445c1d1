// From a touch to the app: asks first where the element wants it, tells the surface, and shows how it went.
import { createContext, useContext, useEffect, useLayoutEffect, useRef, useState } from '../lib.js';
import { InBlock, useSurface } from '../blocks/surface.js';
import { askConfirm } from './confirm.js';

const FAILURE_SHOWN_MS = 12_000;

/** `{act(value) → "done"|"denied"|"failed", pending, failed}` of the element being drawn. */
export const Acting = createContext({ act: async () => 'done', pending: false, failed: '' });

/** Makes the `Acting` of one element. */
export function useActing(element) {
  const surface = useSurface();
  const block = useContext(InBlock);
  const [status, setStatus] = useState({ pending: false, failed: '' });
  const timer = useRef(0);
  const latest = useRef(null);
  latest.current = { surface, block, element };
  useEffect(() => () => clearTimeout(timer.current), []);

  const act = useRef(async (value) => {
    const { surface: where, block: inside, element: what } = latest.current;
    if (what.confirm && !(await askConfirm(what.confirm))) return 'denied';
    clearTimeout(timer.current);
    setStatus({ pending: true, failed: '' });
    const answer = (await where.act?.(inside, what, value)) ?? { ok: true };
    const failed = answer.ok === false ? answer.message || answer.error || 'Something went wrong' : '';
    setStatus({ pending: false, failed });
    if (failed) timer.current = setTimeout(() => setStatus({ pending: false, failed: '' }), FAILURE_SHOWN_MS);
    return failed ? 'failed' : 'done';
  });
  return { ...status, act: act.current };
}

/**
 * `[value, set, commit]` of an element. `set` keeps a value in the form; `commit` also tells the app,
 * which an element of an `input` block does only with `dispatch_action`.
 */
export function useValue(element, initial) {
  const { form } = useSurface();
  const block = useContext(InBlock);
  const { act } = useContext(Acting);
  const [, redraw] = useState(0);
  useLayoutEffect(() => form?.subscribe(() => redraw((count) => count + 1)), [form]);
  const stored = form?.get(block.block_id, element.action_id);
  const value = stored === undefined ? initial : stored;
  const set = (next) => form?.set(block.block_id, element.action_id, next);
  const commit = async (next) => {
    set(next);
    if (block.type === 'input' && block.dispatch_action !== true) return;
    if ((await act(next)) === 'denied') set(value ?? null);
  };
  return [value, set, commit];
}
