// What an element needs from the place it stands on: a message, a modal or a Home tab.
import { createContext, useContext } from '../lib.js';

/**
 * `{kind: "message"|"modal"|"home"|"none", form, act(block, element, value), options(block, element, query),
 *   upload(files), errors: {block_id: text}, openImage(url, alt), fileUrl(slackFile)}`
 */
export const Surface = createContext({ kind: 'none', form: null, errors: {} });

export const useSurface = () => useContext(Surface);

/** The block an element stands in; elements report it with what was chosen. */
export const InBlock = createContext({});

/** What a person has filled in on one surface: `{block_id: {action_id: Value}}`, in the page's own shape of Value. */
export class Form {
  constructor(values = {}) {
    this.values = structuredClone(values);
    this.touched = {};
    this.listeners = new Set();
  }

  /** The value, or undefined where the person has not touched the element. */
  get(blockId, actionId) {
    return this.values[blockId]?.[actionId];
  }

  set(blockId, actionId, value) {
    for (const store of [this.values, this.touched]) store[blockId] = { ...store[blockId], [actionId]: value };
    this.listeners.forEach((tell) => tell());
  }

  /** Calls `tell` after each change; returns the way to stop. */
  subscribe(tell) {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  }

  /** What was touched here since the form was made; the server knows the rest. */
  state() {
    return structuredClone(this.touched);
  }
}
