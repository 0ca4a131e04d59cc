import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCatalogDatabase, DATABASES, TestDatabase } from '../../testing/databases';
import { CatalogTables, component } from '../../testing/catalogTables';
import { OUTBOX } from '../tables';
import { Triggers } from '.';

const BIN = join(__dirname, '../../../bin/midgard-catalog.js');

describe.each(DATABASES)('print-sql for %s', kind => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createCatalogDatabase(kind);
  });

  afterEach(() => database.drop());

  async function print(...options: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [BIN, 'print-sql', kind === 'postgres' ? 'pg' : kind, ...options]);
    return stdout;
  }

  it('prints what is made, as it is made, and what removes it', async () => {
    const { knex } = database;
    const run = async (sql: string) => {
      const statements = sql.split('\n;\n').filter(statement => statement.trim() !== '');
      for (const statement of statements) await knex.raw(statement.replaceAll('?', '\\?'));
    };
    await run(await print());
    expect(await new Triggers(knex).installed()).toBe(true);
    await new CatalogTables(knex).stitch(component('a'));
    expect(await knex(OUTBOX).pluck('entity_ref')).toEqual(['component:default/a']);
    await run(await print('--remove'));
    expect(await new Triggers(knex).installed()).toBe(false);
    const left = kind === 'postgres' ? `SELECT tablename AS name FROM pg_tables WHERE tablename LIKE 'midgard%'` : `SELECT name FROM sqlite_master WHERE name LIKE 'midgard%'`;
    const result = await knex.raw(left);
    expect(kind === 'postgres' ? result.rows : result).toEqual([]);
    await new CatalogTables(knex).remove('component:default/a');
  });
});
