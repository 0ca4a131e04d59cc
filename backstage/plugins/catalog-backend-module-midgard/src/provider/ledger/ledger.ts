import { Knex } from 'knex';
import { Task } from '../task';

/** How a task stood when it was last heard of. */
export interface Standing {
  version: number;
  standing: 'completed' | 'removed';
}

/** An entity that a task brought. */
export interface Contribution {
  entityRef: string;
  taskId: string;
  /** The task with the newest claim has its entity in the catalog. */
  claimedAt: string;
  /** As the catalog was given it, in JSON. */
  entity: string;
  /** Somebody deleted it in Backstage. */
  deleted: boolean;
}

/** One provider's memory: the newest news of each task, and who brought which entity. */
export class Ledger {
  constructor(
    private readonly db: Knex,
    readonly provider: string,
  ) {}

  async standing(taskId: string): Promise<Standing | undefined> {
    const row = await this.db('midgard_tasks').where({ provider: this.provider, task_id: taskId }).first();
    return row && { version: Number(row.version), standing: row.standing };
  }

  /** All tasks that were ever heard of. */
  async standings(): Promise<Map<string, Standing>> {
    const rows = await this.db('midgard_tasks').where({ provider: this.provider });
    return new Map(rows.map(row => [row.task_id, { version: Number(row.version), standing: row.standing }]));
  }

  /** Everything that any task contributed under these references. */
  async contributionsTo(entityRefs: string[]): Promise<Contribution[]> {
    const rows = await this.db('midgard_contributions')
      .where({ provider: this.provider })
      .whereIn('entity_ref', entityRefs);
    return rows.map(contribution);
  }

  async contributionsOf(taskId: string): Promise<Contribution[]> {
    const rows = await this.db('midgard_contributions').where({ provider: this.provider, task_id: taskId });
    return rows.map(contribution);
  }

  /** Remembers how a task stands now and what it contributes: all of it, in one transaction. */
  async record(
    task: Pick<Task, 'id' | 'version'>,
    standing: Standing['standing'],
    contributions: Contribution[],
  ): Promise<void> {
    const { provider } = this;
    await this.db.transaction(async tx => {
      await tx('midgard_tasks')
        .insert({ provider, task_id: task.id, version: task.version, standing })
        .onConflict(['provider', 'task_id'])
        .merge();
      await tx('midgard_contributions').where({ provider, task_id: task.id }).delete();
      for (const { entityRef, taskId, claimedAt, entity, deleted } of contributions) {
        const row = { entity_ref: entityRef, task_id: taskId, claimed_at: claimedAt, entity, deleted };
        await tx('midgard_contributions').insert({ provider, ...row });
      }
    });
  }

  /**
   * What was contributed and is neither marked as deleted nor in the catalog; and how much of it is there under this
   * location key. What others have brought under the same name since is neither.
   */
  async missing(locationKey: string): Promise<{ gone: string[]; there: number }> {
    const rows = await this.db('midgard_contributions')
      .leftJoin('refresh_state', 'refresh_state.entity_ref', 'midgard_contributions.entity_ref')
      .where({ provider: this.provider, deleted: false })
      .distinct({ ref: 'midgard_contributions.entity_ref', found: 'refresh_state.entity_ref', owner: 'location_key' });
    const gone = rows.filter(({ found }) => found === null).map(({ ref }) => String(ref));
    return { gone, there: rows.filter(({ owner }) => owner === locationKey).length };
  }

  /** Forgets everything, as if this were the first start. */
  async forget(): Promise<void> {
    await this.db.transaction(async tx => {
      for (const table of ['midgard_contributions', 'midgard_tasks', 'midgard_providers']) {
        await tx(table).where({ provider: this.provider }).delete();
      }
    });
  }

  /** When all tasks were last compared; `undefined` if never. */
  async lastReconciled(): Promise<Date | undefined> {
    const row = await this.db('midgard_providers').where({ provider: this.provider }).first();
    return row?.reconciled_at ? new Date(row.reconciled_at) : undefined;
  }

  async reconciled(at: Date): Promise<void> {
    await this.db('midgard_providers')
      .insert({ provider: this.provider, reconciled_at: at })
      .onConflict('provider')
      .merge();
  }

  /** Remembers that these were deleted in Backstage, whoever contributed them. */
  async markDeleted(entityRefs: string[]): Promise<void> {
    await this.db('midgard_contributions')
      .where({ provider: this.provider })
      .whereIn('entity_ref', entityRefs)
      .update({ deleted: true });
  }
}

function contribution(row: Record<string, unknown>): Contribution {
  return {
    entityRef: String(row.entity_ref),
    taskId: String(row.task_id),
    claimedAt: String(row.claimed_at),
    entity: String(row.entity),
    // SQLite has no booleans.
    deleted: Boolean(row.deleted),
  };
}
