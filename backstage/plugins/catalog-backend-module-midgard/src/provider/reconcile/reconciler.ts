import { LoggerService } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import { HealthPart } from '../../health';
import { Applier } from '../applier';
import { Backoff } from '../backoff';
import { Ledger } from '../ledger';
import { CompletedTask, Fate } from '../valkyrie';

/** What the reconciler asks of Valkyrie. */
export interface Tasks {
  completed(stop: AbortSignal): AsyncIterable<CompletedTask>;
  fate(taskId: string, stop: AbortSignal): Promise<Fate>;
}

/** What one reconciliation found. */
export interface Report {
  completed: number;
  applied: number;
  removed: number;
  refused: number;
  /** Tasks that were completed once, and that the token may not see. */
  unseen: number;
}

/** Compares all that Valkyrie has completed with what the catalog was given. */
export class Reconciler {
  constructor(
    private readonly id: string,
    private readonly knex: Knex,
    private readonly tasks: Tasks,
    private readonly applier: Applier,
    private readonly health: HealthPart,
    private readonly logger: LoggerService,
  ) {}

  /** Reconciles; tries again until it went well once, or `stop` comes. */
  async run(stop: AbortSignal): Promise<void> {
    const backoff = new Backoff(1_000, 60_000);
    while (!stop.aborted) {
      try {
        const report = await this.once(stop);
        this.#tell(report);
        return;
      } catch (error) {
        if (stop.aborted) return;
        const detail = error instanceof Error ? error.message : String(error);
        this.health.failing(detail);
        this.logger.warn(`midgard provider '${this.id}' could not reconcile, removed nothing, and tries again: ${detail}`);
        await backoff.wait(stop);
      }
    }
  }

  /** Reconciles once. Nothing is removed of which Valkyrie does not say itself that it ended. */
  async once(stop: AbortSignal): Promise<Report> {
    const ledger = new Ledger(this.knex, this.id);
    const before = await ledger.completed();
    const report: Report = { completed: 0, applied: 0, removed: 0, refused: 0, unseen: 0 };
    for await (const { task, entities } of this.tasks.completed(stop)) {
      before.delete(task.id);
      const { outcome, refused } = await this.applier.completed(task, entities);
      report.completed += 1;
      if (outcome === 'applied') report.applied += 1;
      report.refused += refused.length;
      for (const { message } of refused) {
        this.logger.warn(`midgard provider '${this.id}' refuses an entity of task ${task.id}: ${message}`);
      }
    }
    for (const taskId of before.keys()) {
      const fate = await this.tasks.fate(taskId, stop);
      if (fate.type === 'unknown') report.unseen += 1;
      if (fate.type !== 'ended') continue;
      const { outcome } = await this.applier.removed({ id: taskId, version: fate.version });
      if (outcome === 'applied') report.removed += 1;
    }
    await ledger.reconciled(new Date());
    return report;
  }

  #tell({ completed, applied, removed, refused, unseen }: Report): void {
    this.logger.info(
      `midgard provider '${this.id}' reconciled ${completed} tasks: ` +
        `${applied} changed, ${removed} removed, ${refused} entities refused`,
    );
    if (unseen === 0) {
      this.health.ok();
      return;
    }
    const detail = `${unseen} tasks can't be seen any more, and were kept: the token needs scaffold-tasks:admin`;
    this.health.failing(detail);
    this.logger.warn(`midgard provider '${this.id}': ${detail}`);
  }
}
