import { Entity } from '@backstage/catalog-model';

/** What a browser would run instead of opening it. */
const SCRIPTS = ['javascript:', 'data:', 'vbscript:'];

/**
 * Checks that no link of an entity runs a script, and no annotation, for some become links as well.
 *
 * @throws TypeError that names the field
 */
export function checkLinks({ metadata }: Entity): void {
  const links = (metadata.links ?? []).map(({ url }, index) => [`metadata.links.${index}.url`, url] as const);
  const annotations = Object.entries(metadata.annotations ?? {}).map(
    ([name, value]) => [`metadata.annotations.${name}`, value] as const,
  );
  for (const [field, url] of [...links, ...annotations]) {
    // As a browser reads it, which passes over spaces and line breaks.
    if (!URL.canParse(url) || !SCRIPTS.includes(new URL(url).protocol)) continue;
    throw new TypeError(`${field} is a link that begins with '${new URL(url).protocol}', and must open something`);
  }
}
