import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
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
    lookout = new Lookout('test', options.locationKey, exclusive, mockServices.rootLogger({ level: 'none' }));
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

  it('brings back the others after an eviction in which somebody else registered one', async () => {
    await applier.completed(aTask(), [aComponent('payments'), aComponent('ledger')]);
    await catalog.ours.applyMutation({ type: 'full', entities: [] });
    const [location, origin] = ['backstage.io/managed-by-location', 'backstage.io/managed-by-origin-location'];
    const annotations = { [location]: 'url:a', [origin]: 'url:a' };
    const entity = aComponent('payments', { annotations }) as unknown as Entity;
    await catalog.theirs.applyMutation({ type: 'delta', added: [{ entity, locationKey: 'theirs' }], removed: [] });
    expect(await lookout.arrive()).toBe('evicted');
    await applier.completed(aTask(), [aComponent('payments'), aComponent('ledger')]);
    await catalog.settlesTo(['payments', 'ledger']);
    const owner = await catalog.entity('component:default/payments');
    expect(owner?.metadata.annotations).toMatchObject({ [location]: 'url:a' });
  });

  it('takes many deletions at once that leave nothing for an eviction', async () => {
    await applier.completed(aTask(), Array.from({ length: 10 }, (_entity, index) => aComponent(`c${index}`)));
    await catalog.ours.applyMutation({ type: 'full', entities: [] });
    expect(await lookout.look()).toBe('evicted');
  });
});
