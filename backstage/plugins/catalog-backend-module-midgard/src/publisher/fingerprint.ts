import { createHash } from 'node:crypto';
import { JsonObject, JsonValue } from '@backstage/types';

/**
 * Two entities that say the same have the same fingerprint, whatever the order of their fields.
 *
 * @param withEtag - false where fields are redacted: the etag changes with them, and such a change is no news
 */
export function fingerprint(entity: JsonObject, withEtag: boolean): string {
  return createHash('sha256').update(canonical(entity, withEtag ? '' : '/metadata/etag', '')).digest('hex');
}

function canonical(value: JsonValue | undefined, skip: string, path: string): string {
  if (Array.isArray(value)) return `[${value.map(item => canonical(item, '', '')).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.keys(value).sort();
  const told = fields.filter(name => value[name] !== undefined && (skip === '' || `${path}/${name}` !== skip));
  const texts = told.map(name => `${JSON.stringify(name)}:${canonical(value[name], skip, `${path}/${name}`)}`);
  return `{${texts.join(',')}}`;
}
