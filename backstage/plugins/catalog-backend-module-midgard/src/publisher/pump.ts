import { Knex } from 'knex';
import { Delivery } from './delivery';
import { readPublished, readRejected, recordOutcomes } from './ledger';
import { PumpLock } from './lock';
import { Planner } from './plan';
import { SendError } from './sendError';
import { RejectedRow } from './tables';
import { hasWork, nextWork, removeWork } from './work';

/** What one round of the pump did. */
export interface Round {
  /** Rows that are dealt with. */
  done: number;
  /** What was parked. */
  parked: RejectedRow[];
  /** Why rows are left, by the kind of their entities. */
  failures: Map<string, SendError>;
}

/** Moves what is new to Kafka: one round takes a few hundred rows, and forgets them after Kafka has them. */
export class Pump {
  constructor(
    private readonly knex: Knex,
    private readonly lock: PumpLock,
    private readonly planner: Planner,
    private readonly delivery: Delivery,
  ) {}

  /**
   * One round; undefined if there is nothing to do, or another replica is at it.
   *
   * @param waiting - kinds to leave alone for now
   */
  async round(waiting: string[]): Promise<Round | undefined> {
    if (!(await hasWork(this.knex, waiting))) return undefined;
    return this.lock.hold(async holder => {
      const rows = await nextWork(holder.knex, waiting);
      const refs = rows.map(row => row.entityRef);
      const published = await readPublished(holder.knex, refs);
      const plan = this.planner.plan(rows, published, await readRejected(holder.knex, refs));
      const round: Round = { done: 0, parked: [], failures: new Map() };
      for (const [topic, steps] of plan) {
        const { done, outcomes, failure } = await this.delivery.deliver(topic, steps);
        await holder.write(async trx => {
          await recordOutcomes(trx, outcomes);
          await removeWork(trx, done);
        });
        round.done += done.length;
        for (const outcome of outcomes.values()) if ('rejected' in outcome) round.parked.push(outcome.rejected);
        if (failure) round.failures.set(steps[0]!.row.kind, failure);
        if (failure?.problem === 'away') break;
      }
      return round;
    });
  }
}
