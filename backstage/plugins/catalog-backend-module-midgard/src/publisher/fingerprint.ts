import { createHash } from 'node:crypto';
import { JsonObject, JsonValue } from '@backstage/types';

/** Deeper entities would overflow the stack somewhere on their way to the topic, and all others would wait for them. */
const DEEPEST = 500;

/**
 * Two entities that say the same have the same fingerprint, whatever the order of their fields.
 *
 * @param withEtag - false where fields are redacted: the etag changes with them, and such a change is no news
 * @throws TypeError if it is nested too deep
 */
export function fingerprint(entity: JsonObject, withEtag: boolean): string {
  return createHash('sha256').update(canonical(entity, withEtag ? '' : '/metadata/etag', '', 0)).digest('hex');
}

function canonical(value: JsonValue | undefined, skip: string, path: string, depth: number): string {
  if (depth > DEEPEST) throw new TypeError(`it is nested deeper than ${DEEPEST} levels`);
  if (Array.isArray(value)) return `[${value.map(item => canonical(item, '', '', depth + 1)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.keys(value).sort();
  const told = fields.filter(name => value[name] !== undefined && (skip === '' || `${path}/${name}` !== skip));
  const texts = told.map(
    name => `${JSON.stringify(name)}:${canonical(value[name], skip, `${path}/${name}`, depth + 1)}`,
  );
  return `{${texts.join(',')}}`;
}
