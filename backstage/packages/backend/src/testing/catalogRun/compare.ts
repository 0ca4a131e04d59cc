import type { Entity } from '@backstage/catalog-model';
import { isDeepStrictEqual } from 'node:util';
import { withoutRedacted } from './redacted';

/** At most so many differences are named. */
const NAMED = 10;

/** Where the catalog is not yet (or not any more) as a run has made it: nothing, when it has taken everything in. */
export function lagging(catalog: Map<string, Entity>, wanted: Map<string, Entity>): string[] {
  const late = [...wanted].filter(([ref, entity]) => !shows(catalog.get(ref), entity)).map(([ref]) => ref);
  return [...late, ...[...catalog.keys()].filter(ref => !wanted.has(ref))];
}

/** The catalog adds relations and annotations of its own. */
function shows(found: Entity | undefined, wanted: Entity): boolean {
  if (!found || 'status' in found || !isDeepStrictEqual(found.spec, wanted.spec)) return false;
  const { annotations = {}, ...metadata } = wanted.metadata;
  const has = found.metadata as Record<string, unknown>;
  return (
    Object.entries(metadata).every(([name, value]) => isDeepStrictEqual(has[name], value)) &&
    Object.entries(annotations).every(([name, value]) => found.metadata.annotations?.[name] === value)
  );
}

/**
 * Where the read model is not what the catalog shows, field by field: redacted fields apart, which must not be in it, and
 * people and teams, who are not published.
 */
export function differences(catalog: Map<string, Entity>, readModel: Map<string, Entity>): string[] {
  const found: string[] = [];
  for (const [ref, entity] of catalog) {
    if (['user', 'group'].includes(ref.split(':')[0]!)) continue;
    const known = readModel.get(ref);
    if (!known) found.push(`${ref} is missing`);
    else found.push(...fields(withoutRedacted(entity), known, '').map(field => `${ref} differs in ${field}`));
    if (found.length > NAMED) return found;
  }
  for (const ref of readModel.keys()) if (!catalog.has(ref)) found.push(`${ref} should not be there`);
  return found;
}

function fields(wanted: unknown, found: unknown, path: string): string[] {
  if (isDeepStrictEqual(wanted, found)) return [];
  if (!isObject(wanted) || !isObject(found)) return [`${path || '/'}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`];
  const names = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...names].flatMap(name => fields(wanted[name], found[name], `${path}/${name}`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
