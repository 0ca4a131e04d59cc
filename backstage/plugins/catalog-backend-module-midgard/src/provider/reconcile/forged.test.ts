import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mockServices } from '@backstage/backend-test-utils';
import { HealthBoard } from '../../health';
import { aComponent, aTask } from '../../testing/documents';
import { ENGINES, RealCatalog, startCatalog } from '../../testing/realCatalog';
import { ValkyrieDouble } from '../../testing/valkyrieDouble';
import { Applier } from '../applier';
import { Exclusive } from '../ledger';
import { Lookout } from '../lookout';
import { Tokens, ValkyrieClient } from '../valkyrie';
import { Reconciler } from './reconciler';

const never = new AbortController().signal;
const { id } = aTask();
const FARTHEST = Number.MAX_SAFE_INTEGER;

describe.each(ENGINES)('Reconciler after forged news, on %s', (_, database) => {
  let catalog: RealCatalog;
  let valkyrie: ValkyrieDouble;
  let health: HealthBoard;
  let applier: Applier;
  let lookout: Lookout;

  beforeAll(async () => {
    catalog = await startCatalog(database());
    const exclusive = new Exclusive(catalog.knex, 'midgard:test');
    const rules = { kinds: ['component'], namespaces: ['default'], maxEntityBytes: 100_000 };
    applier = new Applier({ id: 'test', baseUrl: 'http://v', locationKey: 'midgard:test', ...rules }, exclusive, catalog.ours);
    lookout = new Lookout('test', 'midgard:test', exclusive, mockServices.rootLogger({ level: 'none' }));
  });
  beforeEach(async () => {
    valkyrie = await ValkyrieDouble.start();
    health = new HealthBoard();
    await has('completed', 4, 'payments', 'ledger');
    await reconcile();
    await catalog.settlesTo(['payments', 'ledger']);
  });
  afterEach(async () => {
    await valkyrie.stop();
    await catalog.clear();
  });
  afterAll(() => catalog.stop());

  const has = async (status: string, version: number, ...names: string[]) =>
    valkyrie.tasks.set(id, { task: aTask({ status, version }), entities: names.map(name => aComponent(name)) });
  const forged = (version: number, ...names: string[]) =>
    applier.completed(aTask({ version, changedAt: '9999-12-31T00:00:00.000000000Z' }), names.map(name => aComponent(name)));
  const reconcile = async () => {
    const client = new ValkyrieClient(valkyrie.url, new Tokens({ type: 'static', token: 'good' }, 2_000), 2_000);
    const logger = mockServices.rootLogger({ level: 'none' });
    await new Reconciler('test', catalog.knex, client, applier, health.part('reconciliation'), logger).run(never);
    return health.read().parts.reconciliation!;
  };

  it.each([FARTHEST, 4])('brings back what a forged end of version %d took, and hears what is true from then on', async version => {
    await applier.removed({ id, version });
    await catalog.settlesTo([]);
    expect(await reconcile()).toMatchObject({ status: 'ok' });
    await catalog.settlesTo(['payments', 'ledger']);
    await applier.removed({ id, version: 5 });
    await catalog.settlesTo([]);
    expect((await applier.completed(aTask({ version: 4 }), [aComponent('payments')])).outcome).toBe('stale');
  });

  it('brings back the entities that a forged completion replaced', async () => {
    await forged(FARTHEST, 'payments', 'forged');
    await catalog.settlesTo(['payments', 'forged']);
    await reconcile();
    await catalog.settlesTo(['payments', 'ledger']);
    expect((await applier.completed(aTask({ version: 6 }), [aComponent('new')])).outcome).toBe('applied');
  });

  it.each(['failed', 'cancelled', 'decommissioned', 'draft', 'queued', 'running'])(
    'takes away what a forged completion of a task brought that is %s',
    async status => {
      await has(status, 3);
      await forged(FARTHEST, 'payments');
      expect(await reconcile()).toMatchObject({ status: 'ok' });
      await catalog.settlesTo([]);
      expect((await applier.completed(aTask({ version: 6 }), [aComponent('new')])).outcome).toBe('applied');
    },
  );

  it('brings back nothing that was deleted in Backstage', async () => {
    await catalog.deleteByHand('component:default/payments');
    await applier.removed({ id, version: FARTHEST });
    await reconcile();
    await reconcile();
    await catalog.settlesTo(['ledger']);
  });

  it('keeps to news that came while it was listing', async () => {
    await applier.removed({ id, version: 6 });
    valkyrie.meanwhile = () => applier.removed({ id, version: 7 });
    await reconcile();
    await catalog.settlesTo([]);
  });

  it('names a task that never was, until its entities are deleted in Backstage', async () => {
    const another = '0192f0c1-2f69-7000-8000-00000000beef';
    await applier.completed(aTask({ id: another }), [aComponent('forged')]);
    const { status, detail } = await reconcile();
    expect(status).toBe('failing');
    expect(detail).toContain(`1 tasks can't be seen any more, and were kept: ${another}. The token needs`);
    expect(detail).toContain('forged');
    await catalog.settlesTo(['payments', 'ledger', 'forged']);
    await catalog.deleteByHand('component:default/forged');
    await lookout.look();
    expect(await reconcile()).toMatchObject({ status: 'ok' });
    await catalog.settlesTo(['payments', 'ledger']);
  });
});
