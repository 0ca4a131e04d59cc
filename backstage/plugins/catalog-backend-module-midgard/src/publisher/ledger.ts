import { Knex } from 'knex';
import { EntityState } from './change';
import { PUBLISHED, PublishedRow, REJECTED, RejectedRow } from './tables';

/** How many rows one statement carries: SQLite takes no more than some hundred parts. */
const CHUNK = 100;

/** What came of one entity in a round of the pump. */
export type Outcome =
  /** This is what its topic says now; null: that it is gone. */
  | { published: PublishedRow | null }
  | { rejected: RejectedRow }
  /** It is again as it was published, and what was parked since is history. */
  | { cleared: true };

/** What was last published of these entities. */
export async function readPublished(knex: Knex, refs: Iterable<string>): Promise<Map<string, EntityState>> {
  const published = new Map<string, EntityState>();
  for (const chunk of chunks([...new Set(refs)], CHUNK)) {
    const rows: PublishedRow[] = await knex(PUBLISHED).whereIn('entity_ref', chunk);
    for (const row of rows) {
      published.set(row.entity_ref, { entity: JSON.parse(row.entity), fingerprint: row.fingerprint });
    }
  }
  return published;
}

/** The fingerprints of states that can't be published, by entity. */
export async function readRejected(knex: Knex, refs: Iterable<string>): Promise<Map<string, string>> {
  const rejected = new Map<string, string>();
  for (const chunk of chunks([...new Set(refs)], CHUNK)) {
    const rows: RejectedRow[] = await knex(REJECTED).whereIn('entity_ref', chunk);
    for (const row of rows) rejected.set(row.entity_ref, row.fingerprint);
  }
  return rejected;
}

/** Writes down what was published and what could not be. */
export async function recordOutcomes(trx: Knex, outcomes: Map<string, Outcome>): Promise<void> {
  const published: PublishedRow[] = [];
  const rejected: RejectedRow[] = [];
  const gone: string[] = [];
  const told: string[] = [];
  for (const [entityRef, outcome] of outcomes) {
    if ('rejected' in outcome) {
      rejected.push(outcome.rejected);
    } else {
      told.push(entityRef);
      if ('cleared' in outcome) continue;
      if (outcome.published) published.push(outcome.published);
      else gone.push(entityRef);
    }
  }
  for (const chunk of chunks(published, CHUNK)) await trx(PUBLISHED).insert(chunk).onConflict('entity_ref').merge();
  for (const chunk of chunks(rejected, CHUNK)) await trx(REJECTED).insert(chunk).onConflict('entity_ref').merge();
  for (const chunk of chunks(gone, CHUNK)) await trx(PUBLISHED).whereIn('entity_ref', chunk).delete();
  for (const chunk of chunks(told, CHUNK)) await trx(REJECTED).whereIn('entity_ref', chunk).delete();
}

/** A list in pieces of at most `size`. */
export function* chunks<T>(items: T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
