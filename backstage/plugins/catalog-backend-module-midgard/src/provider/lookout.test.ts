import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mockServices } from '@backstage/backend-test-utils';
import { aComponent, aTask } from '../testing/documents';
import { ENGINES, RealCatalog, startCatalog } from '../testing/realCatalog';
import { Applier } from './applier';
import { Exclusive, Ledger } from './ledger';
import { Lookout } from './lookout';

const options = {
  id: 'test',
  baseUrl: 'http://valkyrie',
  locationKey: 'midgard:test',
  kinds: ['component'],
  namespaces: ['default'],
  maxEntityBytes: 100_000,
};

describe.each(ENGINES)('Lookout on %s', (_, database) => {
  let catalog: RealCatalog;
  let applier: Applier;
  let lookout: Lookout;

  beforeAll(async () => {
    catalog = await startCatalog(database());
    const exclusive = new Exclusive(catalog.knex, options.locationKey);
    applier = new Applier(options, exclusive, catalog.ours);
    lookout = new Lookout('test', exclusive, mockServices.rootLogger({ level: 'none' }));
  });
  afterEach(() => catalog.clear());
  afterAll(() => catalog.stop());

  const deleted = async () =>
    (await new Ledger(catalog.knex, 'test').contributionsOf(aTask().id))
      .filter(contribution => contribution.deleted)
      .map(({ entityRef }) => entityRef);

  it('notices a deletion by hand, which stays, even when it was the last entity', async () => {
    await applier.completed(aTask(), [aComponent('payments')]);
    await catalog.settlesTo(['payments']);
    expect(await lookout.look()).toBe('well');
    expect(await deleted()).toEqual([]);
    await catalog.deleteByHand('component:default/payments');
    expect(await lookout.look()).toBe('well');
    expect(await deleted()).toEqual(['component:default/payments']);
    expect(await lookout.arrive()).toBe('well');
    await applier.completed(aTask(), [aComponent('payments')]);
    await catalog.settlesTo([]);
  });

  it('brings everything back after an eviction', async () => {
    await applier.completed(aTask(), [aComponent('payments'), aComponent('ledger')]);
    await catalog.ours.applyMutation({ type: 'full', entities: [] });
    expect(await lookout.arrive()).toBe('evicted');
    await applier.completed(aTask(), [aComponent('payments'), aComponent('ledger')]);
    await catalog.settlesTo(['payments', 'ledger']);
  });

  it('takes many deletions at once that leave nothing for an eviction', async () => {
    await applier.completed(aTask(), Array.from({ length: 10 }, (_entity, index) => aComponent(`c${index}`)));
    await catalog.ours.applyMutation({ type: 'full', entities: [] });
    expect(await lookout.look()).toBe('evicted');
  });
});
