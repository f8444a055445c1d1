// The one place that names the vendored libraries. Nothing here or elsewhere turns text into HTML.
import { h, Component, Fragment, createContext, createPortal, render } from '../vendor/preact.js';
import {
  useCallback, useContext, useEffect, useId, useLayoutEffect, useMemo, useRef, useState,
} from '../vendor/hooks.js';
import htm from '../vendor/htm.js';

const html = htm.bind(h);

/** A component that is drawn again only when one of its properties is another value. */
export function memo(component) {
  return class Memo extends Component {
    shouldComponentUpdate(next) {
      for (const key in next) if (next[key] !== this.props[key]) return true;
      for (const key in this.props) if (!(key in next)) return true;
      return false;
    }

    render(props) {
      return h(component, props);
    }
  };
}

/** Draws `fallback` in place of children that fail, so that one broken block never takes the page down. */
export class Boundary extends Component {
  static getDerivedStateFromError(error) {
    return { error };
  }

  componentDidUpdate(previous) {
    if (this.state.error && previous.subject !== this.props.subject) this.setState({ error: null });
  }

  render({ children, fallback }, { error }) {
    return error ? fallback : children;
  }
}

/** Text of anything: content is hostile and may hold an object where a string belongs. */
export function str(value) {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return '';
}

/** A list, whatever the content holds in its place. */
export const list = (value) => (Array.isArray(value) ? value : []);

/** Joins class names, leaving out the false ones. */
export const cx = (...names) => names.filter(Boolean).join(' ');

export {
  html, h, render, Component, Fragment, createContext, createPortal,
  useCallback, useContext, useEffect, useId, useLayoutEffect, useMemo, useRef, useState,
};
