import { Knex } from 'knex';
import { chunks } from './ledger';
import { OUTBOX, RECHECK } from './tables';

/** Rows of one round; more would hold its transaction open for long. */
const ROWS = 500;
/** Characters of entities in one round, so that large entities don't fill the memory. */
const CHARACTERS = 4_000_000;

/** Something to look at: a change that was written down, or an entity to compare. */
export interface WorkRow {
  table: typeof OUTBOX | typeof RECHECK;
  id: string;
  entityRef: string;
  kind: string;
  /** Milliseconds since 1970. */
  occurredAt: number;
  /** JSON; null if the entity is gone. */
  entity: string | null;
}

interface Found {
  id: string | number;
  entity_ref: string;
  kind: string;
  occurred_at: string | number;
  entity: string | null;
}

/** Whether there is anything to do, apart from kinds that have to wait. */
export async function hasWork(knex: Knex, waiting: string[]): Promise<boolean> {
  const outbox = await knex(OUTBOX).select('id').whereNotIn('kind', waiting).limit(1);
  return outbox.length > 0 || (await knex(RECHECK).select('id').whereNotIn('kind', waiting).limit(1)).length > 0;
}

/**
 * What to look at next, oldest first: changes that were written down, and when there are none, entities to compare.
 *
 * An entity is compared only when no change of it waits in the outbox. Both are seen in one statement, so the state that
 * is found is older than every change that is written down later: order per entity holds without locking out the catalog.
 */
export async function nextWork(knex: Knex, waiting: string[]): Promise<WorkRow[]> {
  const changes = await pick(knex, OUTBOX, query => query.whereNotIn('kind', waiting));
  if (changes.length > 0) return changes;
  return pick(knex, RECHECK, query =>
    query
      .leftJoin('final_entities', 'final_entities.entity_ref', `${RECHECK}.entity_ref`)
      .whereNotIn('kind', waiting)
      .whereNotExists(knex(OUTBOX).select('id').whereRaw(`${OUTBOX}.entity_ref = ${RECHECK}.entity_ref`)),
  );
}

async function pick(
  knex: Knex,
  table: WorkRow['table'],
  narrow: (query: Knex.QueryBuilder) => Knex.QueryBuilder,
): Promise<WorkRow[]> {
  const column = table === OUTBOX ? `${OUTBOX}.entity` : 'final_entities.final_entity';
  const query = () => narrow(knex(table)).orderBy(`${table}.id`);
  const sizes: Array<{ id: string | number; size: string | number | null }> = await query()
    .select(`${table}.id`, knex.raw('length(??) as size', [column]))
    .limit(ROWS);
  const last = lastWithin(sizes);
  if (last === undefined) return [];
  const rows: Found[] = await query()
    .select(`${table}.id`, `${table}.entity_ref`, `${table}.kind`, `${table}.occurred_at`, { entity: column })
    .where(`${table}.id`, '<=', last)
    .limit(ROWS);
  return rows.map(row => ({
    table,
    id: String(row.id),
    entityRef: row.entity_ref,
    kind: row.kind,
    occurredAt: Number(row.occurred_at),
    entity: row.entity,
  }));
}

/** The last row that fits; the first always does. */
function lastWithin(sizes: Array<{ id: string | number; size: string | number | null }>): string | number | undefined {
  let characters = 0;
  let last: string | number | undefined;
  for (const { id, size } of sizes) {
    characters += Number(size ?? 0);
    if (last !== undefined && characters > CHARACTERS) break;
    last = id;
  }
  return last;
}

/** Removes rows that are dealt with. */
export async function removeWork(trx: Knex, rows: WorkRow[]): Promise<void> {
  for (const table of [OUTBOX, RECHECK] as const) {
    const ids = rows.filter(row => row.table === table).map(row => row.id);
    for (const chunk of chunks(ids, 500)) await trx(table).whereIn('id', chunk).delete();
  }
}
