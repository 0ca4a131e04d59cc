import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CatalogRun, judge, mutate, readCatalogTopics, REDACT } from './testing/catalogRun';
import { untilEqual, untilTakenIn, WITH_FIXTURES } from './testing/catalogRun';
import { DATABASES } from './testing/databases';
import { Loop } from './testing/loop';
import { loadedPackages, MODULE, moduleFiles, releasedTogether, YEAR_OLD } from './testing/yearOld';

/** Packages of Backstage that the module touches, at the least. */
const NEEDED = [
  '@backstage/backend-defaults',
  '@backstage/backend-plugin-api',
  '@backstage/catalog-model',
  '@backstage/plugin-catalog-backend',
  '@backstage/plugin-catalog-node',
];
const MODES = ['triggers', 'reconcile'] as const;
const cases = MODES.flatMap(mode => DATABASES.map(database => ({ mode, database })));
const schedule = { frequency: { seconds: 1 }, timeout: { seconds: 30 } };

describe.each(cases)('a Backstage of the year before, in mode $mode on $database', ({ mode, database }) => {
  const run = new CatalogRun(45, { entities: 60 });
  let loop: Loop;

  beforeAll(async () => {
    const config = { midgard: { publisher: { mode, redact: REDACT, schedule } } };
    const backstage = { database, config, environment: WITH_FIXTURES, folder: YEAR_OLD };
    loop = await Loop.deploy({ valkyrie: { database }, backstage });
  }, 120_000);
  afterAll(() => loop?.drop());

  it('runs the libraries of one release only, and the module as it was built last', async () => {
    const packages = await loadedPackages(loop.backstage);
    const release = releasedTogether();
    expect(packages).toEqual(
      packages.map(({ name }) => ({ name, version: release[name], folder: join('node_modules', name) })),
    );
    const names = packages.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([MODULE, ...NEEDED]));
    const { built, installed } = moduleFiles();
    expect(installed, 'the module is out of date: npm run refresh in backstage/compatibility').toEqual(built);
  });

  it('has tables that are known, so that no mode falls back to another', async () => {
    await loop.backstage.untilHealth('ok');
    expect(loop.backstage.output).not.toMatch(/schema is unknown/);
  });

  it.each(run.waves.map(({ name }, index) => [name, index] as const))(
    'tells Valkyrie of all that is in its catalog after the wave: %s',
    async (_, index) => {
      const { catalog, mutations } = run.waves[index]!;
      for (const mutation of mutations) await mutate(loop.backstage, mutation);
      await untilTakenIn(loop.backstage, catalog);
      await untilEqual(loop.backstage, loop.valkyrie);
    },
    120_000,
  );

  // A listing sees what is there, and not what there was in between.
  if (mode === 'triggers') {
    it('tells of it by exactly the right events in order', async () => {
      const { faults, doubles } = judge(await readCatalogTopics(loop.topics), run);
      expect(faults).toEqual([]);
      expect(doubles).toBe(0);
    });
  }

  it('gets what Valkyrie makes, and does not bring back what was deleted', async () => {
    const { backstage, valkyrie } = loop;
    const payments = await valkyrie.scaffold({ name: 'payments' });
    const invoices = await valkyrie.scaffold({ name: 'invoices' });
    const entity = await backstage.untilEntity('component', 'payments');
    expect(entity.metadata.annotations).toMatchObject({ 'valkyrie.dev/task-id': payments.id });
    await backstage.untilEntity('component', 'invoices');
    // In mode `reconcile` nobody hears of what comes and goes between two listings.
    await valkyrie.untilEntity('component', 'payments');
    await backstage.deleteEntity(entity);
    await valkyrie.untilTask(payments.id, 'decommissioned');
    expect(await backstage.stop()).toBe(0);
    await backstage.start();
    await backstage.reconcile();
    expect(await backstage.entity('component', 'payments')).toBeUndefined();
    expect(await backstage.entity('component', 'invoices')).toBeDefined();
    expect((await valkyrie.task(invoices.id)).status).toBe('completed');
  }, 120_000);
});
