/** Milliseconds since 1970, also where SQLite is too old for `unixepoch('subsec')`. */
const NOW = `CAST(round((julianday('now') - 2440587.5) * 86400000) AS integer)`;

/**
 * As in Postgres: an identical write is no change, and a row without an entity is none. SQLite can't catch what goes wrong
 * in a trigger; all that can is that the outbox is not there, so whoever drops it removes the triggers first.
 */
function trigger(name: string, event: string, row: 'NEW' | 'OLD', condition: string, entity: string): string {
  return `CREATE TRIGGER ${name} AFTER ${event} ON final_entities
  WHEN ${condition}
BEGIN
  INSERT INTO midgard_catalog_outbox (entity_ref, kind, entity, occurred_at)
    VALUES (${row}.entity_ref, substr(${row}.entity_ref, 1, instr(${row}.entity_ref, ':') - 1), ${entity}, ${NOW});
END`;
}

const TRIGGERS = [
  trigger('midgard_catalog_capture_insert', 'INSERT', 'NEW', 'NEW.final_entity IS NOT NULL', 'NEW.final_entity'),
  trigger('midgard_catalog_capture_update', 'UPDATE', 'NEW', 'NEW.final_entity IS NOT OLD.final_entity', 'NEW.final_entity'),
  trigger('midgard_catalog_capture_delete', 'DELETE', 'OLD', 'OLD.final_entity IS NOT NULL', 'NULL'),
];

export const REMOVE = ['insert', 'update', 'delete'].map(
  event => `DROP TRIGGER IF EXISTS midgard_catalog_capture_${event}`,
);

export const INSTALL = [...REMOVE, ...TRIGGERS];

/** The texts of the triggers that are there: SQLite keeps them as they were written. */
export const READ_INSTALLED = `SELECT sql FROM sqlite_master
  WHERE type = 'trigger' AND tbl_name = 'final_entities' AND name LIKE 'midgard_catalog_capture_%'`;

/** Whether these are the triggers of this version. */
export function areCurrent(texts: string[]): boolean {
  return texts.length === TRIGGERS.length && TRIGGERS.every(text => texts.includes(text));
}
