// One value per key, and those who want to hear of it. Each message has a key of its own, so that a change
// to one is drawn as one.
import { useLayoutEffect, useState } from '../lib.js';

const values = new Map();
const listeners = new Map();

export const get = (key) => values.get(key);

/** Puts a value and tells whoever watches the key, unless nothing changed. */
export function set(key, value) {
  if (values.get(key) === value) return;
  values.set(key, value);
  listeners.get(key)?.forEach((tell) => tell(value));
}

/** Puts what `change` makes of the present value. */
export const update = (key, change) => set(key, change(values.get(key)));

/** Forgets a value. */
export function remove(key) {
  set(key, undefined);
  values.delete(key);
}

/** Forgets every value whose key `fits`. */
export function removeWhere(fits) {
  [...values.keys()].filter(fits).forEach(remove);
}

/** Calls `tell` with each new value of a key; returns the way to stop. */
export function watch(key, tell) {
  if (!listeners.has(key)) listeners.set(key, new Set());
  listeners.get(key).add(tell);
  return () => listeners.get(key).delete(tell);
}

/** The value of a key, drawn again when it changes, also when it did so between drawing and watching. */
export function useStore(key) {
  const [, redraw] = useState(0);
  const drawn = values.get(key);
  useLayoutEffect(() => {
    const again = () => redraw((count) => count + 1);
    const stop = watch(key, again);
    if (values.get(key) !== drawn) again();
    return stop;
  }, [key]);
  return drawn;
}
