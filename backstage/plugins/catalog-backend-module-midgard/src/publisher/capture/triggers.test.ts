import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../database';
import { CatalogTables, component } from '../../testing/catalogTables';
import { createCatalogDatabase, DATABASES, TestDatabase } from '../../testing/databases';
import { OUTBOX, PUBLISHED, RECHECK } from '../tables';
import { checkSchema, compareAll, Triggers } from '.';

describe.each(DATABASES)('triggers on %s', kind => {
  let database: TestDatabase;
  let catalog: CatalogTables;

  beforeEach(async () => {
    database = await createCatalogDatabase(kind);
    await migrate(database.knex, 'publisher');
    catalog = new CatalogTables(database.knex);
    expect(await new Triggers(database.knex).install(async () => undefined)).toBe(true);
  });

  afterEach(() => database.drop());

  async function outbox(): Promise<Array<[string, string | null]>> {
    const rows = await database.knex(OUTBOX).orderBy('id');
    return rows.map(row => [row.entity_ref, row.entity && JSON.parse(row.entity).spec.type]);
  }

  it('write down creation, change and removal, with what the entity is then', async () => {
    const before = Date.now();
    await catalog.stitch(component('a', { type: 'one' }));
    await catalog.stitch(component('a', { type: 'two' }));
    await catalog.remove('component:default/a');
    expect(await outbox()).toEqual([
      ['component:default/a', 'one'],
      ['component:default/a', 'two'],
      ['component:default/a', null],
    ]);
    const [row] = await database.knex(OUTBOX).orderBy('id');
    expect(row.kind).toBe('component');
    expect(Number(row.occurred_at)).toBeGreaterThanOrEqual(before - 5);
    expect(Number(row.occurred_at)).toBeLessThanOrEqual(Date.now() + 5);
  });

  it('write down nothing for an identical write, and for what is not stitched', async () => {
    const entity = component('a');
    await catalog.beginStitching('component:default/b');
    await catalog.stitch(entity);
    await catalog.stitch(entity);
    await database.knex('final_entities').update({ hash: 'other' });
    await catalog.remove('component:default/b');
    expect(await outbox()).toEqual([['component:default/a', 'service']]);
  });

  it('write down what older versions of Backstage stitch in two steps', async () => {
    await catalog.beginStitching('component:default/a');
    await catalog.stitch(component('a'));
    expect(await outbox()).toEqual([['component:default/a', 'service']]);
  });

  it('write down each entity of a removal that cascades', async () => {
    for (const name of ['a', 'b', 'c']) await catalog.stitch(component(name));
    await database.knex(OUTBOX).delete();
    await catalog.remove('component:default/a', 'component:default/b', 'component:default/c');
    expect((await outbox()).map(([, entity]) => entity)).toEqual([null, null, null]);
  });

  it('forget what is rolled back', async () => {
    const trx = await database.knex.transaction();
    await new CatalogTables(trx).stitch(component('a'));
    await trx.rollback();
    expect(await outbox()).toEqual([]);
  });

  it('are made once, made anew when they changed, and removed without a trace', async () => {
    const triggers = new Triggers(database.knex);
    expect(await triggers.install(async () => undefined)).toBe(false);
    const broken =
      kind === 'postgres'
        ? 'DROP TRIGGER midgard_catalog_capture ON final_entities'
        : 'DROP TRIGGER midgard_catalog_capture_update';
    await database.knex.raw(broken);
    expect(await triggers.installed()).toBe(false);
    expect(await triggers.install(async () => undefined)).toBe(true);
    await triggers.remove();
    await triggers.remove();
    await catalog.stitch(component('a'));
    expect(await outbox()).toEqual([]);
    expect(await triggers.installed()).toBe(false);
  });

  it('let the catalog roll its own migrations back and forth', async () => {
    await catalog.stitch(component('a'));
    const { resolvePackagePath } = await import('@backstage/backend-plugin-api');
    const directory = resolvePackagePath('@backstage/plugin-catalog-backend', 'migrations');
    for (let step = 0; step < 9; step += 1) await database.knex.migrate.down({ directory });
    await database.knex.migrate.latest({ directory });
    await new Triggers(database.knex).install(async () => undefined);
    await catalog.stitch(component('b'));
    expect((await outbox()).at(-1)).toEqual(['component:default/b', 'service']);
  });

  it('have everything compared once, whatever waits already', async () => {
    await catalog.stitch(component('a'));
    await catalog.stitch({ ...component('u'), kind: 'User' });
    await database.knex(PUBLISHED).insert({ entity_ref: 'api:default/gone', kind: 'api', fingerprint: '', entity: '{}' });
    await compareAll(database.knex, ['user']);
    await compareAll(database.knex, ['user']);
    const rows = await database.knex(RECHECK).orderBy('entity_ref');
    expect(rows.map(row => [row.entity_ref, row.kind])).toEqual([
      ['api:default/gone', 'api'],
      ['component:default/a', 'component'],
    ]);
  });

  it('refuse a schema that nobody looked at', async () => {
    await checkSchema(database.knex);
    await database.knex.schema.alterTable('final_entities', table => table.text('final_entity_v2'));
    await expect(checkSchema(database.knex)).rejects.toThrow(/does not know: final_entity_v2/);
  });
});

describe('triggers on Postgres', () => {
  let database: TestDatabase;
  let catalog: CatalogTables;

  beforeEach(async () => {
    database = await createCatalogDatabase('postgres');
    await migrate(database.knex, 'publisher');
    await new Triggers(database.knex).install(async () => undefined);
    catalog = new CatalogTables(database.knex);
  });

  afterEach(() => database.drop());

  it('never fail a write of the catalog: the entity is noted for comparison', async () => {
    await database.knex.schema.dropTable(OUTBOX);
    await catalog.stitch(component('a'));
    expect((await catalog.read()).size).toBe(1);
    expect(await database.knex(RECHECK).select('entity_ref', 'kind')).toEqual([
      { entity_ref: 'component:default/a', kind: 'component' },
    ]);
  });

  it('never fail a write of the catalog, even if nothing can be noted', async () => {
    await database.knex.schema.dropTable(OUTBOX);
    await database.knex.schema.dropTable(RECHECK);
    await catalog.stitch(component('a'));
    await catalog.remove('component:default/a');
    expect((await catalog.read()).size).toBe(0);
  });

  it('never hold up a write of the catalog for long, whoever locks the outbox', async () => {
    const other = await database.another().transaction();
    try {
      await other.raw(`LOCK TABLE ${OUTBOX} IN ACCESS EXCLUSIVE MODE`);
      await database.knex.transaction(async trx => {
        await trx.raw(`SET LOCAL statement_timeout = '5s'`);
        await new CatalogTables(trx).stitch(component('a'));
      });
    } finally {
      await other.rollback();
    }
    expect((await catalog.read()).size).toBe(1);
    expect(await database.knex(RECHECK).pluck('entity_ref')).toEqual(['component:default/a']);
  });

  it('notice that the table is emptied at once', async () => {
    await database.knex(PUBLISHED).insert({ entity_ref: 'component:default/a', kind: 'component', fingerprint: '', entity: '{}' });
    await database.knex.raw('TRUNCATE final_entities CASCADE');
    expect(await database.knex(RECHECK).pluck('entity_ref')).toEqual(['component:default/a']);
  });
});
