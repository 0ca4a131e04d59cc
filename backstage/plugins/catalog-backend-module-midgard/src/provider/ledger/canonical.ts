import { JsonValue } from '@backstage/types';

/** JSON with all keys sorted: what means the same reads the same, whichever way it came. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: JsonValue) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
