import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Entity } from '@backstage/catalog-model';
import { JsonObject } from '@backstage/types';
import { aComponent, aSystem, aTask } from '../testing/documents';
import { ENGINES, RealCatalog, startCatalog } from '../testing/realCatalog';
import { Applier } from './applier';
import { Exclusive } from './ledger';

const options = {
  id: 'test',
  baseUrl: 'http://valkyrie',
  locationKey: 'midgard:test',
  kinds: ['component', 'system'],
  namespaces: ['default'],
  maxEntityBytes: 100_000,
};
const other = aTask({ id: '0192f0c1-2f69-7000-8000-000000000002', changedAt: '2026-11-22T10:00:00.000000000Z' });

describe.each(ENGINES)('Applier on %s', (engine, database) => {
  let catalog: RealCatalog;
  let applier: Applier;

  beforeAll(async () => {
    catalog = await startCatalog(database());
    applier = new Applier(options, new Exclusive(catalog.knex, options.locationKey), catalog.ours);
  });
  afterEach(() => catalog.clear());
  afterAll(() => catalog.stop());

  it('shows what a task completed, and says where it comes from', async () => {
    expect(await applier.completed(aTask(), [aComponent('payments')])).toEqual({ outcome: 'applied', refused: [] });
    await catalog.settlesTo(['payments']);
    const { metadata } = (await catalog.entity('component:default/payments'))!;
    expect(metadata.annotations).toMatchObject({
      'backstage.io/managed-by-origin-location': `url:http://valkyrie/api/v1/scaffold-tasks/${aTask().id}`,
      'valkyrie.dev/task-id': aTask().id,
    });
  });

  it('replaces all of it when the task completes again, and ignores what is older', async () => {
    await applier.completed(aTask(), [aComponent('payments'), aSystem('money')]);
    await applier.completed(aTask({ version: 6 }), [aComponent('payments', { description: 'new' }), aComponent('more')]);
    const stale = await applier.completed(aTask({ version: 5 }), [aComponent('stale')]);
    expect(stale.outcome).toBe('stale');
    await catalog.settlesTo(['payments', 'more']);
    expect((await catalog.entity('component:default/payments'))?.metadata.description).toBe('new');
  });

  it('does nothing when the same comes again, whatever the order of its keys', async () => {
    const component = aComponent('payments');
    await applier.completed(aTask(), [component]);
    const turned = Object.fromEntries(Object.entries(component).reverse()) as JsonObject;
    expect((await applier.completed(aTask(), [turned])).outcome).toBe('unchanged');
  });

  it('removes what an ended task brought, and nothing older brings it back', async () => {
    await applier.completed(aTask(), [aComponent('payments')]);
    await catalog.settlesTo(['payments']);
    await applier.removed({ id: aTask().id, version: 5 });
    expect((await applier.completed(aTask(), [aComponent('payments')])).outcome).toBe('stale');
    await catalog.settlesTo([]);
  });

  it('remembers an end that it heard of before anything else', async () => {
    await applier.removed({ id: aTask().id, version: 5 });
    expect((await applier.completed(aTask(), [aComponent('payments')])).outcome).toBe('stale');
  });

  it('brings back what was deleted in Backstage only with newer news', async () => {
    await applier.completed(aTask(), [aComponent('payments'), aSystem('money')]);
    await catalog.settlesTo(['payments', 'money']);
    await catalog.deleteByHand('component:default/payments');
    await applier.completed(aTask(), [aComponent('payments'), aSystem('money')]);
    expect((await applier.completed(aTask(), [aComponent('payments'), aSystem('money')])).outcome).toBe('unchanged');
    await catalog.settlesTo(['money']);
    await applier.completed(aTask({ version: 5 }), [aComponent('payments'), aSystem('money')]);
    await catalog.settlesTo(['payments', 'money']);
  });

  it.each([
    ['with a location key', 'theirs'],
    ['without a location key', undefined],
  ])('never takes an entity that another provider keeps %s', async (_name, locationKey) => {
    const entity = aComponent('payments', { annotations: annotated, description: 'theirs' }) as unknown as Entity;
    const added = [locationKey === undefined ? { entity } : { entity, locationKey }];
    await catalog.theirs.applyMutation({ type: 'delta', added, removed: [] });
    await catalog.settlesTo(['payments']);
    const { outcome, refused } = await applier.completed(aTask(), [aComponent('payments'), aComponent('mine')]);
    expect(outcome).toBe('applied');
    expect(refused.map(({ message }) => message)).toEqual([
      `component:default/payments: it belongs to '${locationKey ?? 'another provider'}'`,
    ]);
    await applier.removed({ id: aTask().id, version: 5 });
    await catalog.settlesTo(['payments']);
    expect((await catalog.entity('component:default/payments'))?.metadata.description).toBe('theirs');
  });

  it('keeps what two tasks brought until both have ended, with the newest claim shown', async () => {
    await applier.completed(other, [aSystem('money', { description: 'newer' })]);
    await applier.completed(aTask(), [aSystem('money', { description: 'older' })]);
    await catalog.settlesTo(['money']);
    expect((await catalog.entity('system:default/money'))?.metadata.description).toBe('newer');
    await applier.removed({ id: other.id, version: 5 });
    await expect
      .poll(async () => (await catalog.entity('system:default/money'))?.metadata.description, { timeout: 10_000 })
      .toBe('older');
    await applier.removed({ id: aTask().id, version: 5 });
    await catalog.settlesTo([]);
  });

  it('names everything that it refuses, and takes the rest', async () => {
    const robot = { ...aComponent('robot'), kind: 'Robot' };
    const { refused } = await applier.completed(aTask(), [robot, aComponent('a'), aComponent('a'), 'nothing']);
    expect(refused.map(({ entity }) => entity)).toEqual(['robot:default/robot', 'component:default/a', 'entities[3]']);
    await catalog.settlesTo(['a']);
  });

  it('ends with the newest news, whichever replica is faster', async () => {
    const another = new Applier(options, new Exclusive(catalog.knex, options.locationKey), catalog.ours);
    // SQLite has one process, and so one applier.
    const replicas = [applier, engine === 'SQLite' ? applier : another];
    const versions = Array.from({ length: 20 }, (_, index) => index + 1);
    await Promise.all(
      versions.map(version =>
        replicas[version % 2]!.completed(aTask({ version }), [aComponent(`v${version}`), aComponent('always')]),
      ),
    );
    await catalog.settlesTo(['v20', 'always']);
  });
});

describe.runIf(process.env.VALKYRIE_TEST_POSTGRES_URL)('Applier on a Postgres that repeats its reads', () => {
  it('sees what the catalog has stored', async () => {
    const database = ENGINES.find(([engine]) => engine === 'Postgres')![1]();
    const connection = database.connection as JsonObject;
    const repeating = '-c default_transaction_isolation=repeatable\\ read';
    const catalog = await startCatalog({ ...database, connection: { ...connection, options: repeating } });
    try {
      const applier = new Applier(options, new Exclusive(catalog.knex, options.locationKey), catalog.ours);
      expect((await applier.completed(aTask(), [aComponent('payments')])).outcome).toBe('applied');
    } finally {
      await catalog.stop();
    }
  });
});

const annotated = {
  'backstage.io/managed-by-location': 'url:http://theirs',
  'backstage.io/managed-by-origin-location': 'url:http://theirs',
};
