import { Knex } from 'knex';
import { dialectOf } from './sql';

/** Columns of `final_entities` that the triggers read. */
const NEEDED = ['entity_id', 'entity_ref', 'final_entity'];
/** All columns that it has had from Backstage 1.33 to catalog-backend 4.0.5, and that were looked at. */
const KNOWN = [...NEEDED, 'generation', 'hash', 'last_updated_at', 'stitch_ticket'];

/** The catalog's tables are not as the triggers need them. */
export class UnknownSchemaError extends Error {
  override readonly name = 'UnknownSchemaError';
}

/**
 * Looks whether the catalog keeps its final entities as this module knows it.
 *
 * @throws UnknownSchemaError
 */
export async function checkSchema(knex: Knex): Promise<void> {
  const client = String(knex.client.config.client);
  if (dialectOf(client) === undefined) {
    throw new UnknownSchemaError(`the database is '${client}', and triggers are known for Postgres and SQLite`);
  }
  const columns = Object.keys(await knex('final_entities').columnInfo());
  if (columns.length === 0) throw new UnknownSchemaError(`there is no table 'final_entities'`);
  const missing = NEEDED.filter(column => !columns.includes(column));
  const unknown = columns.filter(column => !KNOWN.includes(column));
  if (missing.length > 0) throw new UnknownSchemaError(`final_entities has no column ${missing.join(', ')}`);
  if (unknown.length > 0) {
    throw new UnknownSchemaError(
      `final_entities has columns that this version does not know: ${unknown.join(', ')}; expected ${KNOWN.join(', ')}`,
    );
  }
}
