import { Entity } from '@backstage/catalog-model';
import { isDeepStrictEqual } from 'node:util';
import { CatalogEventData, SeenEvent } from './topics';

/**
 * What a reader knows after these events, if it skips those whose id it has seen, as readers must.
 *
 * @throws Error for an event that does not follow from the one before it on the same entity
 */
export function fold(events: SeenEvent[]): Map<string, Entity> {
  const ids = new Set<string>();
  const known = new Map<string, Entity>();
  for (const { event, data } of events) {
    if (ids.has(event.id)) continue;
    ids.add(event.id);
    check(event.type, data, known.get(data.entityRef));
    if (data.entity === null) known.delete(data.entityRef);
    else known.set(data.entityRef, data.entity);
  }
  return known;
}

function check(type: string, data: CatalogEventData, before: Entity | undefined) {
  const follows: Record<string, boolean> = {
    'backstage.catalog.entity.created.v1': before === undefined && data.entity !== null && data.previous === null,
    'backstage.catalog.entity.updated.v1': before !== undefined && data.entity !== null,
    'backstage.catalog.entity.deleted.v1': before !== undefined && data.entity === null,
  };
  if (!follows[type] || !isDeepStrictEqual(data.previous, before ?? null)) {
    throw new Error(`${type} of ${data.entityRef} does not follow from what was said before: ${JSON.stringify({ before, data })}`);
  }
}
