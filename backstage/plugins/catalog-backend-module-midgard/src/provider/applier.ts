import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { JsonValue } from '@backstage/types';
import { EntityProviderConnection } from '@backstage/plugin-catalog-node';
import { Knex } from 'knex';
import { admit, RefusedEntityError, Rules, withOrigin } from './admission';
import { canonicalJson, Contribution, Exclusive, Ledger, locationKeys, Standing } from './ledger';
import { Task } from './task';

/** The catalog took a mutation, and does not have it. */
export class MutationLostError extends Error {
  override readonly name = 'MutationLostError';
}

/** What became of news. */
export interface Applied {
  /** `stale` if newer news had come before, `unchanged` if there was nothing to do. */
  outcome: 'applied' | 'unchanged' | 'stale';
  /** The entities that may not come in. */
  refused: RefusedEntityError[];
}

/** What an {@link Applier} needs to know of its provider. */
export interface ApplierOptions extends Rules {
  id: string;
  baseUrl: string;
  /** Both the provider's name and the location key of its entities: it never changes. */
  locationKey: string;
}

/** Brings what is known of tasks into the catalog: each piece of news once, the newest last. */
export class Applier {
  constructor(
    private readonly options: ApplierOptions,
    private readonly exclusive: Exclusive,
    private readonly connection: Pick<EntityProviderConnection, 'applyMutation'>,
  ) {}

  /**
   * The task is completed and has these entities, and no others. News of the version that is known already mends what is
   * missing, but brings back nothing that was deleted in Backstage.
   *
   * @param asked what was known of the task when Valkyrie was asked for this. If it is ahead of the answer, it was forged
   */
  completed(task: Task, documents: JsonValue[], asked?: Standing): Promise<Applied> {
    return this.exclusive.run(async db => {
      const ledger = new Ledger(db, this.options.id);
      const known = await ledger.standing(task.id);
      const ahead = isAhead(known, task.version) || (known?.version === task.version && known.standing === 'removed');
      if (ahead && !isSame(known, asked)) return { outcome: 'stale', refused: [] };
      const { admitted, refused } = await this.#admit(task, documents);
      const before = await ledger.contributionsOf(task.id);
      const refs = [...new Set([...before.map(({ entityRef }) => entityRef), ...admitted.keys()])];
      const owners = await locationKeys(db, refs);
      refused.push(...this.#dropForeign(admitted, owners));
      const deleted = await this.#noticeDeleted(ledger, refs, owners);
      const again = ahead || known?.version === task.version;
      const now = [...admitted].map(([entityRef, entity]) => ({
        entityRef,
        taskId: task.id,
        claimedAt: task.changedAt,
        entity: canonicalJson(entity),
        deleted: again && deleted.has(`${task.id} ${entityRef}`),
      }));
      if (again && !ahead && same(before, now, deleted)) return { outcome: 'unchanged', refused };
      await this.#show(db, ledger, task.id, now, refs, owners);
      await ledger.record(task, 'completed', now);
      return { outcome: 'applied', refused };
    });
  }

  /** The task has no entities any more. `asked` is as for {@link completed}. */
  removed(task: Pick<Task, 'id' | 'version'>, asked?: Standing): Promise<Applied> {
    return this.exclusive.run(async db => {
      const ledger = new Ledger(db, this.options.id);
      const known = await ledger.standing(task.id);
      if (isAhead(known, task.version) && !isSame(known, asked)) return { outcome: 'stale', refused: [] };
      const before = await ledger.contributionsOf(task.id);
      const refs = before.map(({ entityRef }) => entityRef);
      const owners = await locationKeys(db, refs);
      const deleted = await this.#noticeDeleted(ledger, refs, owners);
      await this.#show(db, ledger, task.id, [], refs, owners);
      // This end may have been forged: what was deleted in Backstage must not come back when that is found out.
      const kept = before.filter(({ entityRef }) => deleted.has(`${task.id} ${entityRef}`));
      await ledger.record(task, 'removed', kept.map(contribution => ({ ...contribution, deleted: true })));
      return { outcome: before.some(contribution => !contribution.deleted) ? 'applied' : 'unchanged', refused: [] };
    });
  }

  async #admit(task: Task, documents: JsonValue[]) {
    const admitted = new Map<string, Entity>();
    const refused: RefusedEntityError[] = [];
    for (const [index, document] of documents.entries()) {
      try {
        const entity = await admit(this.options, `entities[${index}]`, document);
        const ref = stringifyEntityRef(entity);
        if (admitted.has(ref)) throw new RefusedEntityError(ref, 'it is there twice');
        admitted.set(ref, withOrigin(this.options.baseUrl, task, entity));
      } catch (error) {
        if (!(error instanceof RefusedEntityError)) throw error;
        refused.push(error);
      }
    }
    return { admitted, refused };
  }

  /** The catalog would give us an entity that its owner keeps without a location key. */
  #dropForeign(admitted: Map<string, Entity>, owners: Map<string, string | null>): RefusedEntityError[] {
    const foreign = [...admitted.keys()].filter(ref => owners.has(ref) && owners.get(ref) !== this.options.locationKey);
    for (const ref of foreign) admitted.delete(ref);
    return foreign.map(ref => new RefusedEntityError(ref, `it belongs to '${owners.get(ref) ?? 'another provider'}'`));
  }

  /** Marks what was contributed and is gone from the catalog; returns `task ref` of all that is marked. */
  async #noticeDeleted(ledger: Ledger, refs: string[], owners: Map<string, string | null>): Promise<Set<string>> {
    const contributions = await ledger.contributionsTo(refs);
    const gone = contributions.filter(({ entityRef, deleted }) => !deleted && !owners.has(entityRef));
    if (gone.length > 0) await ledger.markDeleted(gone.map(({ entityRef }) => entityRef));
    const marked = [...gone, ...contributions.filter(({ deleted }) => deleted)];
    return new Set(marked.map(({ taskId, entityRef }) => `${taskId} ${entityRef}`));
  }

  /** Gives the catalog, for each reference, the newest claim that is left; and takes away what nobody claims. */
  async #show(
    db: Knex,
    ledger: Ledger,
    taskId: string,
    now: Contribution[],
    refs: string[],
    owners: Map<string, string | null>,
  ): Promise<void> {
    const others = (await ledger.contributionsTo(refs)).filter(other => other.taskId !== taskId);
    const claims = new Map<string, Contribution>();
    for (const claim of [...others, ...now].filter(({ deleted }) => !deleted)) {
      const other = claims.get(claim.entityRef);
      if (!other || order(claim) > order(other)) claims.set(claim.entityRef, claim);
    }
    const { locationKey } = this.options;
    const added = [...claims.values()].map(({ entity }) => ({ entity: JSON.parse(entity) as Entity, locationKey }));
    const removed = refs
      .filter(ref => !claims.has(ref) && owners.get(ref) === locationKey)
      .map(entityRef => ({ entityRef, locationKey }));
    if (added.length === 0 && removed.length === 0) return;
    await this.connection.applyMutation({ type: 'delta', added, removed });
    await this.#verify(db, [...claims.keys()]);
  }

  /** The catalog only logs what it could not store. Then all is tried again, and the owner is seen. */
  async #verify(db: Knex, refs: string[]): Promise<void> {
    const owners = await locationKeys(db, refs);
    const lost = refs.filter(ref => owners.get(ref) !== this.options.locationKey);
    if (lost.length > 0) throw new MutationLostError(`the catalog did not keep ${lost.join(', ')}`);
  }
}

function isAhead(known: Standing | undefined, version: number): boolean {
  return known !== undefined && known.version > version;
}

function isSame(known: Standing | undefined, asked: Standing | undefined): boolean {
  return known?.version === asked?.version && known?.standing === asked?.standing;
}

function order({ claimedAt, taskId }: Contribution): string {
  return `${claimedAt} ${taskId}`;
}

function same(before: Contribution[], now: Contribution[], deleted: Set<string>): boolean {
  const stored = new Map(before.map(({ entityRef, entity }) => [entityRef, entity]));
  return (
    before.length === now.length &&
    now.every(({ entityRef, entity }) => stored.get(entityRef) === entity) &&
    before.every(({ taskId, entityRef, deleted: marked }) => marked === deleted.has(`${taskId} ${entityRef}`))
  );
}
