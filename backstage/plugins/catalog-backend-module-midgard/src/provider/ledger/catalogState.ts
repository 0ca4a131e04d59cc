import { Knex } from 'knex';

/**
 * Which of these entities the catalog has, and the location key that each belongs to; `null` if to none.
 *
 * This reads the catalog's own table, for its API shows an entity only some time after it was given, and never one that is
 * invalid: too late to know whose it is.
 */
export async function locationKeys(db: Knex, entityRefs: string[]): Promise<Map<string, string | null>> {
  const rows = await db('refresh_state').select('entity_ref', 'location_key').whereIn('entity_ref', entityRefs);
  return new Map(rows.map(row => [row.entity_ref, row.location_key]));
}
