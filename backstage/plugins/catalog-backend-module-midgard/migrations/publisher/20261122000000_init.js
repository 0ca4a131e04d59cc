// @ts-check

/**
 * The tables of the catalog change publisher, as SQL, so that it can be printed and reviewed before it runs.
 *
 * - published: what was last said of each entity, as the topic has it
 * - outbox: changes that were not published yet, oldest first
 * - recheck: entities to compare with what was published
 * - rejected: entities whose present state can't be published, with the reason
 * - state: who publishes right now, and what names this database in the ids of events
 *
 * @param {string} client
 * @returns {string[]}
 */
exports.sql = function sql(client) {
  const pg = client === 'pg';
  const id = pg ? 'bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY' : 'integer PRIMARY KEY AUTOINCREMENT';
  const instance = pg ? 'gen_random_uuid()::text' : 'lower(hex(randomblob(16)))';
  return [
    `CREATE TABLE IF NOT EXISTS midgard_catalog_published (
  entity_ref text NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  fingerprint text NOT NULL,
  entity text NOT NULL
)`,
    `CREATE TABLE IF NOT EXISTS midgard_catalog_outbox (
  id ${id},
  entity_ref text NOT NULL,
  kind text NOT NULL,
  entity text,
  occurred_at bigint NOT NULL
)`,
    `CREATE INDEX IF NOT EXISTS midgard_catalog_outbox_entity_ref ON midgard_catalog_outbox (entity_ref)`,
    `CREATE TABLE IF NOT EXISTS midgard_catalog_recheck (
  id ${id},
  entity_ref text NOT NULL,
  kind text NOT NULL,
  occurred_at bigint NOT NULL
)`,
    `CREATE TABLE IF NOT EXISTS midgard_catalog_rejected (
  entity_ref text NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  topic text NOT NULL,
  type text NOT NULL,
  reason text NOT NULL,
  detail text NOT NULL,
  fingerprint text NOT NULL,
  bytes bigint NOT NULL,
  rejected_at bigint NOT NULL
)`,
    `CREATE TABLE IF NOT EXISTS midgard_catalog_state (
  name text NOT NULL PRIMARY KEY,
  value text NOT NULL,
  until bigint NOT NULL
)`,
    `INSERT INTO midgard_catalog_state (name, value, until) VALUES
  ('instance', ${instance}, 0), ('pump', '', 0), ('reconcile', '', 0)
  ON CONFLICT (name) DO NOTHING`,
  ];
};

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  const client = String(knex.client.config.client);
  for (const statement of exports.sql(client)) await knex.raw(statement);
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  for (const table of ['state', 'rejected', 'recheck', 'outbox', 'published']) {
    await knex.schema.dropTableIfExists(`midgard_catalog_${table}`);
  }
};
