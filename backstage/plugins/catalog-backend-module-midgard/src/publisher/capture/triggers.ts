import { Knex } from 'knex';
import { COUNT_INSTALLED } from './postgres';
import { areCurrent, READ_INSTALLED } from './sqlite';
import { Dialect, dialectOf, installStatements, removeStatements } from './sql';

/** The row triggers on the catalog's final entities. */
export class Triggers {
  readonly #dialect: Dialect | undefined;

  constructor(private readonly knex: Knex) {
    this.#dialect = dialectOf(String(knex.client.config.client));
  }

  /** Whether they are there, in this version. */
  async installed(knex: Knex = this.knex): Promise<boolean> {
    if (this.#dialect === 'pg') {
      const { rows } = await knex.raw(COUNT_INSTALLED);
      return Number(rows[0].count) === 2;
    }
    if (this.#dialect === 'sqlite') {
      const rows: Array<{ sql: string }> = await knex.raw(READ_INSTALLED);
      return areCurrent(rows.map(({ sql }) => sql));
    }
    return false;
  }

  /**
   * Makes them where they are missing or of another version.
   *
   * @param catchUp - runs in the same transaction if it had to, since changes may have gone by unseen
   * @returns whether it had to
   */
  async install(catchUp: (trx: Knex) => Promise<void>): Promise<boolean> {
    if (await this.installed()) return false;
    return this.knex.transaction(async trx => {
      if (this.#dialect === 'pg') {
        // The catalog's writers wait for the lock as well, so it must not wait for long behind one of them.
        await trx.raw(`SET LOCAL lock_timeout = '5s'`);
        await trx.raw('LOCK TABLE final_entities IN SHARE ROW EXCLUSIVE MODE');
        if (await this.installed(trx)) return false;
      }
      for (const statement of installStatements(this.#dialect!)) await trx.raw(escaped(statement));
      await catchUp(trx);
      return true;
    });
  }

  /** Removes them, if they are there. */
  async remove(): Promise<void> {
    if (this.#dialect === undefined || !(await this.knex.schema.hasTable('final_entities'))) return;
    await this.knex.transaction(async trx => {
      if (this.#dialect === 'pg') await trx.raw(`SET LOCAL lock_timeout = '5s'`);
      for (const statement of removeStatements(this.#dialect!)) await trx.raw(escaped(statement));
    });
  }
}

/** knex takes a question mark for a parameter. */
function escaped(statement: string): string {
  return statement.replaceAll('?', '\\?');
}
