import { Knex } from 'knex';

/**
 * Lets one piece of work of a provider happen at a time, among all replicas of Backstage: a version is looked up, the catalog
 * changed, and the version written, and nobody comes between. The work gets the connection to do its own reads and
 * writes with.
 */
export class Exclusive {
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly knex: Knex,
    private readonly name: string,
  ) {}

  /** Waits for its turn, and does the work. */
  run<T>(work: (db: Knex) => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#alone(work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #alone<T>(work: (db: Knex) => Promise<T>): Promise<T> {
    // SQLite has one process and one connection, which the catalog needs in between.
    if (!this.knex.client.config.client.includes('pg')) return work(this.knex);
    const alone = async (tx: Knex.Transaction) => {
      await tx.raw('SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [this.name]);
      return work(tx);
    };
    // It has to see what the catalog writes in between, whatever this database's default is.
    return this.knex.transaction(alone, { isolationLevel: 'read committed' });
  }
}
