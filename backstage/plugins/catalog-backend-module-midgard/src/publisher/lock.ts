import { randomUUID } from 'node:crypto';
import { Knex } from 'knex';
import { STATE } from './tables';

/** The one who may publish right now. */
export interface Holder {
  /** For reading. */
  knex: Knex;
  /** Writes, all at once, if it is still the one; @throws LockLostError */
  write(work: (trx: Knex) => Promise<void>): Promise<void>;
}

/** Lets one pump at a time publish, among all replicas on a database. */
export interface PumpLock {
  /** Runs the work, or returns undefined at once if somebody else is at it. */
  hold<T>(work: (holder: Holder) => Promise<T>): Promise<T | undefined>;
}

/** Another pump took over: this one was too slow. What it sent is sent again. */
export class LockLostError extends Error {
  override readonly name = 'LockLostError';
}

/** The lock for a database. */
export function pumpLock(knex: Knex): PumpLock {
  return knex.client.config.client === 'pg' ? new RowLock(knex) : new Lease(knex);
}

/**
 * Postgres: a row is locked for as long as the transaction is open, and freed by the server when a replica dies. One that
 * hangs loses its session, so that it can't hold up the others.
 */
class RowLock implements PumpLock {
  constructor(private readonly knex: Knex) {}

  hold<T>(work: (holder: Holder) => Promise<T>): Promise<T | undefined> {
    return this.knex.transaction(async trx => {
      await trx.raw(`SET LOCAL idle_in_transaction_session_timeout = '60s'`);
      const free = await trx(STATE).where({ name: 'pump' }).forUpdate().skipLocked();
      return free.length === 0 ? undefined : work({ knex: trx, write: writing => writing(trx) });
    });
  }
}

const LEASE_MILLISECONDS = 5_000;
const RENEWAL_MILLISECONDS = 1_000;

/**
 * SQLite: the catalog has one connection, which an open transaction would keep from it while Kafka is written to. So the
 * right to publish is leased and renewed, and checked again in the transaction that writes down what came of it.
 */
class Lease implements PumpLock {
  readonly #owner = randomUUID();

  constructor(private readonly knex: Knex) {}

  async hold<T>(work: (holder: Holder) => Promise<T>): Promise<T | undefined> {
    if (!(await this.#extend(this.knex))) return undefined;
    const renewal = setInterval(() => this.#extend(this.knex).catch(() => undefined), RENEWAL_MILLISECONDS);
    try {
      return await work({
        knex: this.knex,
        write: writing =>
          this.knex.transaction(async trx => {
            if (!(await this.#extend(trx))) throw new LockLostError('another pump took over');
            await writing(trx);
          }),
      });
    } finally {
      clearInterval(renewal);
      await this.knex(STATE).where({ name: 'pump', value: this.#owner }).update({ value: '', until: 0 });
    }
  }

  async #extend(knex: Knex): Promise<boolean> {
    const now = Date.now();
    const changed = await knex(STATE)
      .where({ name: 'pump' })
      .andWhere(free => free.where({ value: this.#owner }).orWhere('until', '<', now))
      .update({ value: this.#owner, until: now + LEASE_MILLISECONDS });
    return changed > 0;
  }
}
