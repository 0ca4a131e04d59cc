import { randomUUID } from 'node:crypto';
import { AuthService } from '@backstage/backend-plugin-api';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { JsonObject } from '@backstage/types';
import { Knex } from 'knex';
import { Triggers } from './capture';
import { ChangeDetector } from './change';
import { chunks, readPublished, readRejected } from './ledger';
import { kindOf, OUTBOX, PUBLISHED, STATE } from './tables';

const PAGE = 500;
/** References that the catalog is asked for at once, for the second look. */
const REFS = 100;

/** Another run or the triggers took over: what this one saw may be out of date. */
export class OvertakenError extends Error {
  override readonly name = 'OvertakenError';
}

/** What one run found. */
export interface Findings {
  listed: number;
  changed: number;
  gone: number;
}

interface Run {
  token: string;
  /** Entities with changes that wait to be published. What was last said of them is not settled yet. */
  unsettled: Set<string>;
  seen: Set<string>;
  findings: Findings;
}

/** Lists the whole catalog through its public API, and writes down what differs from what was published. */
export class Reconciler {
  constructor(
    private readonly knex: Knex,
    private readonly catalog: CatalogService,
    private readonly auth: AuthService,
    private readonly detector: ChangeDetector,
    private readonly excludedKinds: string[],
  ) {}

  /**
   * One run; its changes wait in the outbox afterwards.
   *
   * @throws OvertakenError if another run or the triggers took over, and what the catalog or the database threw
   */
  async run(signal?: AbortSignal): Promise<Findings> {
    const run = await this.#begin();
    const credentials = await this.auth.getOwnServiceCredentials();
    let cursor: string | undefined;
    do {
      signal?.throwIfAborted();
      const request = cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor };
      const { items, pageInfo } = await this.catalog.queryEntities(request, { credentials });
      await this.#compare(run, items);
      cursor = pageInfo.nextCursor;
    } while (cursor !== undefined);
    await this.#lookAgain(run, signal);
    return run.findings;
  }

  async #begin(): Promise<Run> {
    // A replica of another mode made them, and writes down each change as it happens.
    if (await new Triggers(this.knex).installed()) throw new OvertakenError('triggers write down changes by now');
    const token = randomUUID();
    await this.knex(STATE).where({ name: 'reconcile' }).update({ value: token });
    const rows: Array<{ entity_ref: string }> = await this.knex(OUTBOX).distinct('entity_ref');
    const unsettled = new Set(rows.map(row => row.entity_ref));
    return { token, unsettled, seen: new Set(), findings: { listed: 0, changed: 0, gone: 0 } };
  }

  async #compare(run: Run, entities: Entity[]): Promise<void> {
    const current = new Map<string, Entity>();
    for (const entity of entities) {
      const entityRef = stringifyEntityRef(entity);
      run.seen.add(entityRef);
      run.findings.listed += 1;
      if (this.#concerns(run, entityRef)) current.set(entityRef, entity);
    }
    const published = await readPublished(this.knex, current.keys());
    const rejected = await readRejected(this.knex, current.keys());
    const changed = [...current].filter(([entityRef, entity]) => {
      try {
        return this.detector.compare(published.get(entityRef), this.detector.stateOf(entity as unknown as JsonObject));
      } catch {
        // It can't be read. The pump says so, once; the others go on.
        return !rejected.has(entityRef);
      }
    });
    run.findings.changed += changed.length;
    await this.#enqueue(run, changed);
  }

  /** What was published and is not listed is asked for by name before it counts as gone: a listing is no snapshot. */
  async #lookAgain(run: Run, signal: AbortSignal | undefined): Promise<void> {
    const rows: Array<{ entity_ref: string }> = await this.knex(PUBLISHED).select('entity_ref');
    const missing = rows
      .map(row => row.entity_ref)
      .filter(entityRef => !run.seen.has(entityRef) && this.#concerns(run, entityRef));
    for (const entityRefs of chunks(missing, REFS)) {
      signal?.throwIfAborted();
      const credentials = await this.auth.getOwnServiceCredentials();
      const { items } = await this.catalog.getEntitiesByRefs({ entityRefs }, { credentials });
      const gone = entityRefs.filter((_, index) => items[index] === undefined);
      run.findings.gone += gone.length;
      await this.#enqueue(run, gone.map(entityRef => [entityRef, null] as const));
      await this.#compare(run, items.filter(item => item !== undefined));
    }
  }

  #concerns({ unsettled }: Run, entityRef: string): boolean {
    return !unsettled.has(entityRef) && !this.excludedKinds.includes(kindOf(entityRef));
  }

  async #enqueue({ token }: Run, changes: ReadonlyArray<readonly [string, Entity | null]>): Promise<void> {
    if (changes.length === 0) return;
    const occurred_at = Date.now();
    const rows = changes.map(([entity_ref, entity]) => {
      return { entity_ref, kind: kindOf(entity_ref), entity: entity && JSON.stringify(entity), occurred_at };
    });
    await this.knex.transaction(async trx => {
      const latest = await trx(STATE).where({ name: 'reconcile', value: token }).forUpdate();
      if (latest.length === 0) throw new OvertakenError('another run, or the triggers, took over meanwhile');
      for (const chunk of chunks(rows, 100)) await trx(OUTBOX).insert(chunk);
    });
  }
}
