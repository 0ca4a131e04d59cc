import type { Entity } from '@backstage/catalog-model';
import type { JsonObject } from '@backstage/types';

/** The annotation that nobody outside may see. */
export const SECRET = 'fixtures.example/secret';

/** `midgard.publisher.redact` of a run. */
export const REDACT = ['/metadata/annotations/fixtures.example~1secret', '/spec/credentials/*/password'];

/**
 * The entity as anybody outside may see it. Written apart from the module's own redaction, and for these fields only, so
 * that one is held against the other.
 */
export function withoutRedacted(entity: Entity): Entity {
  const shown = structuredClone(entity);
  const credentials = (shown.spec?.credentials ?? {}) as Record<string, JsonObject>;
  const hidden = shown.metadata.annotations?.[SECRET] !== undefined || Object.keys(credentials).length > 0;
  if (!hidden) return shown;
  delete shown.metadata.annotations?.[SECRET];
  delete shown.metadata.etag;
  for (const one of Object.values(credentials)) delete one.password;
  return shown;
}
