// Which addresses the page follows or loads. Everything else is shown as plain text.

const LINK_PROTOCOLS = new Set(['http:', 'https:', 'mailto:', 'tel:']);
const IMAGE_PROTOCOLS = new Set(['http:', 'https:', 'blob:']);

function parse(url, allowed) {
  try {
    const parsed = new URL(String(url), document.baseURI);
    return allowed.has(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

/** The address if a person may follow it, else null: `javascript:` and friends are text. */
export function linkUrl(url) {
  return /^[a-z][a-z0-9+.-]*:/i.test(String(url).trim()) ? parse(url, LINK_PROTOCOLS) : null;
}

/** The address if it may be loaded as a picture, else null. Addresses on this server may be relative. */
export const imageUrl = (url) => (url ? parse(url, IMAGE_PROTOCOLS) : null);
