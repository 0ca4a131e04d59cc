import { LoggerService } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import { HealthPart } from '../../health';
import { Applier } from '../applier';
import { Backoff } from '../backoff';
import { Ledger, Standing } from '../ledger';
import { MalformedTaskError } from '../task';
import { CompletedTask, Fate, UnreadableTask } from '../valkyrie';
import { Report } from './report';

/** What the reconciler asks of Valkyrie. */
export interface Tasks {
  completed(stop: AbortSignal): AsyncIterable<CompletedTask | UnreadableTask>;
  fate(taskId: string, stop: AbortSignal): Promise<Fate>;
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

  /**
   * Reconciles once. Nothing is removed of which Valkyrie does not say itself that it ended. News can't be ahead of the
   * database that it comes from: where what was known before Valkyrie was asked is ahead of its answer, that was forged.
   */
  async once(stop: AbortSignal): Promise<Report> {
    const ledger = new Ledger(this.knex, this.id);
    const before = await ledger.standings();
    const report = new Report();
    for await (const listed of this.tasks.completed(stop)) {
      if ('malformed' in listed) {
        report.malformed.push(`${listed.id ?? 'one without an id'}: ${listed.malformed}`);
        if (listed.id !== undefined) before.delete(listed.id);
      } else {
        await this.#bring(listed, before.get(listed.task.id), report);
        before.delete(listed.task.id);
      }
    }
    for (const [taskId, known] of before) {
      if (known.standing === 'completed') await this.#follow(taskId, known, ledger, report, stop);
    }
    if (report.trouble === undefined) await ledger.reconciled(new Date());
    return report;
  }

  async #bring({ task, entities }: CompletedTask, known: Standing | undefined, report: Report): Promise<void> {
    const { outcome, refused } = await this.applier.completed(task, entities, known);
    report.completed += 1;
    if (outcome === 'applied') report.applied += 1;
    report.refused += refused.length;
    for (const { message } of refused) {
      this.logger.warn(`midgard provider '${this.id}' refuses an entity of task ${task.id}: ${message}`);
    }
  }

  /** Looks what became of a task that is not among the completed ones. */
  async #follow(taskId: string, known: Standing, ledger: Ledger, report: Report, stop: AbortSignal): Promise<void> {
    try {
      const fate = await this.tasks.fate(taskId, stop);
      if (fate.type === 'unknown') {
        const shown = (await ledger.contributionsOf(taskId)).some(({ deleted }) => !deleted);
        if (shown) report.unseen.push(taskId);
      }
      if (fate.type === 'ended' || (fate.type === 'begun' && fate.version < known.version)) {
        const { outcome } = await this.applier.removed({ id: taskId, version: fate.version }, known);
        if (outcome === 'applied') report.removed += 1;
      }
    } catch (error) {
      if (!(error instanceof MalformedTaskError)) throw error;
      report.malformed.push(`${taskId}: ${error.message}`);
    }
  }

  #tell(report: Report): void {
    this.logger.info(
      `midgard provider '${this.id}' reconciled ${report.completed} tasks: ` +
        `${report.applied} changed, ${report.removed} removed, ${report.refused} entities refused`,
    );
    if (report.trouble === undefined) {
      this.health.ok();
      return;
    }
    this.health.failing(report.trouble);
    this.logger.warn(`midgard provider '${this.id}': ${report.trouble}`);
  }
}
