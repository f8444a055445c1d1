// Pictures in blocks.
import { html, str, useState } from '../lib.js';
import { Icon } from '../icons.js';
import { imageUrl } from '../text/urls.js';
import { useSurface } from './surface.js';

/** A picture by address or by uploaded file; one that cannot be loaded shows its words. */
export function Picture({ of, class: name, onOpen }) {
  const surface = useSurface();
  const [failed, fail] = useState(null);
  const source = imageUrl(of.image_url) ?? imageUrl(surface.fileUrl?.(of.slack_file));
  const alt = str(of.alt_text);
  if (!source || failed === source) return html`<span class="picture-missing" role="img" aria-label=${alt}><${Icon} name="file" size=${15} /> ${alt || 'picture'}</span>`;
  const image = html`<img class=${name} src=${source} alt=${alt} loading="lazy" referrerpolicy="no-referrer" onError=${() => fail(source)} />`;
  return onOpen ? html`<button type="button" class="picture-button" aria-label=${`Open picture: ${alt}`} onClick=${() => onOpen(source, alt)}>${image}</button>` : image;
}
