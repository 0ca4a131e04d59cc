import { JsonObject } from '@backstage/types';
import { Change, ChangeDetector, EntityState } from './change';
import { CatalogEvent, EventWriter } from './event';
import { WorkRow } from './work';

/** What to do about one row. */
export type Step =
  /** Nothing is news; if it says so, what was parked of the entity is history. */
  | { row: WorkRow; does: 'nothing'; clears: boolean }
  | { row: WorkRow; does: 'publish'; event: CatalogEvent }
  /** What the catalog has can't be read. */
  | { row: WorkRow; does: 'park'; detail: string };

/** Turns rows of work into steps. */
export class Planner {
  constructor(
    private readonly detector: ChangeDetector,
    private readonly writer: EventWriter,
    private readonly excludedKinds: string[],
    /** Tells this database from others. */
    private readonly instance: string,
  ) {}

  /**
   * The steps of each topic, in the order of the rows.
   *
   * @param published - what was last published of the entities
   * @param rejected - fingerprints of states that could not be published before: they are not tried again
   */
  plan(rows: WorkRow[], published: Map<string, EntityState>, rejected: Map<string, string>): Map<string, Step[]> {
    const latest = new Map(published);
    const topics = new Map<string, Step[]>();
    for (const row of rows) {
      const topic = this.writer.topicOf(row.kind);
      const steps = topics.get(topic) ?? [];
      topics.set(topic, steps);
      steps.push(this.#step(row, latest, rejected));
    }
    return topics;
  }

  #step(row: WorkRow, latest: Map<string, EntityState>, rejected: Map<string, string>): Step {
    if (this.excludedKinds.includes(row.kind)) return { row, does: 'nothing', clears: false };
    let change: Change | undefined;
    try {
      const current = row.entity === null ? null : this.detector.stateOf(read(row.entity));
      change = this.detector.compare(latest.get(row.entityRef), current);
    } catch (error) {
      return { row, does: 'park', detail: `the catalog's entity can't be read: ${error}` };
    }
    const parked = rejected.get(row.entityRef);
    if (change === undefined) return { row, does: 'nothing', clears: parked !== undefined };
    if (change.entity !== null && change.entity.fingerprint === parked) return { row, does: 'nothing', clears: false };
    if (change.entity) latest.set(row.entityRef, change.entity);
    else latest.delete(row.entityRef);
    const identity = [this.instance, row.table, row.id];
    return { row, does: 'publish', event: this.writer.describe(row.entityRef, change, row.occurredAt, identity) };
  }
}

function read(json: string): JsonObject {
  const entity: unknown = JSON.parse(json);
  if (typeof entity === 'object' && entity !== null && !Array.isArray(entity)) return entity as JsonObject;
  throw new TypeError('it is no object');
}
