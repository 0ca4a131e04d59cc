import { randomUUID } from 'node:crypto';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { Knex } from 'knex';

/** A component, as the catalog has it after stitching. */
export function component(name: string, spec: Record<string, string> = {}): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, namespace: 'default', etag: randomUUID(), annotations: {} },
    spec: { type: 'service', lifecycle: 'experimental', owner: 'guests', ...spec },
    relations: [],
  };
}

/** Writes to the catalog's tables as its stitcher and its providers do. */
export class CatalogTables {
  constructor(private readonly knex: Knex) {}

  /** The entity was discovered, and is not stitched yet. */
  async discover(entityRef: string): Promise<void> {
    await this.knex('refresh_state')
      .insert({
        entity_id: randomUUID(),
        entity_ref: entityRef,
        unprocessed_entity: '{}',
        errors: '[]',
        next_update_at: new Date().toISOString(),
        last_discovery_at: new Date().toISOString(),
      })
      .onConflict('entity_ref')
      .ignore();
  }

  /** The entity was stitched. */
  async stitch(entity: Entity): Promise<void> {
    const entityRef = stringifyEntityRef(entity);
    await this.discover(entityRef);
    const { entity_id } = await this.knex('refresh_state').where({ entity_ref: entityRef }).first();
    await this.knex('final_entities')
      .insert({ entity_id, entity_ref: entityRef, final_entity: JSON.stringify(entity), hash: randomUUID() })
      .onConflict('entity_id')
      .merge(['final_entity', 'hash']);
  }

  /** Older versions make the row first, and stitch it later. */
  async beginStitching(entityRef: string): Promise<void> {
    await this.discover(entityRef);
    const { entity_id } = await this.knex('refresh_state').where({ entity_ref: entityRef }).first();
    await this.knex('final_entities').insert({ entity_id, entity_ref: entityRef, hash: '' });
  }

  /** The entity is removed: final entities go with it by a cascade. */
  async remove(...entityRefs: string[]): Promise<void> {
    await this.knex('refresh_state').whereIn('entity_ref', entityRefs).delete();
  }

  /** All that the catalog shows. */
  async read(): Promise<Map<string, Entity>> {
    const rows = await this.knex('final_entities').whereNotNull('final_entity');
    return new Map(rows.map(row => [row.entity_ref, JSON.parse(row.final_entity)]));
  }
}
