import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mockServices } from '@backstage/backend-test-utils';
import { Environment } from '../environment';
import { HealthBoard } from '../health';
import { aComponent, aTask } from '../testing/documents';
import { ENGINES, RealCatalog, startCatalog } from '../testing/realCatalog';
import { testKafka, topicPrefix } from '../testing/topics';
import { ValkyrieDouble } from '../testing/valkyrieDouble';
import { readProviders } from './config';
import { Exclusive, Ledger } from './ledger';
import { MidgardEntityProvider } from './provider';

describe.each(ENGINES)('MidgardEntityProvider on %s', (engine, database) => {
  let catalog: RealCatalog;
  let valkyrie: ValkyrieDouble;
  let health: HealthBoard;
  let providers: MidgardEntityProvider[];

  beforeAll(async () => {
    catalog = await startCatalog(database());
  });
  beforeEach(async () => {
    valkyrie = await ValkyrieDouble.start();
    providers = [];
  });
  afterEach(async () => {
    for (const provider of providers) await provider.stop();
    await valkyrie.stop();
    await catalog.clear();
  });
  afterAll(() => catalog.stop());

  /** As Backstage starts it. */
  async function start(): Promise<MidgardEntityProvider> {
    health = new HealthBoard();
    const topic = topicPrefix();
    const settings = { topic, groupId: topic.replace('.', '-'), valkyrie: { baseUrl: valkyrie.url, token: 'good' } };
    const config = mockServices.rootConfig({ data: { midgard: { providers: { test: settings } } } });
    const environment = {
      config,
      database: { getClient: async () => catalog.knex },
      health,
      logger: mockServices.rootLogger({ level: 'none' }),
      scheduler: mockServices.scheduler(),
    } as unknown as Environment;
    const provider = new MidgardEntityProvider(readProviders(config)[0]!, testKafka(), environment);
    await provider.connect(catalog.ours);
    providers.push(provider);
    return provider;
  }
  const reconciliation = () => health.read().parts['provider:test:reconciliation'];
  const reconciled = () => expect.poll(() => reconciliation()?.status, { timeout: 10_000 }).toBe('ok');

  it('does not take a last entity that was deleted just before its end for an eviction', async () => {
    valkyrie.tasks.set(aTask().id, { task: aTask(), entities: [aComponent('payments')] });
    const first = await start();
    await catalog.settlesTo(['payments']);
    await reconciled();
    await catalog.deleteByHand('component:default/payments');
    await first.stop();
    await start();
    const [contribution] = await new Ledger(catalog.knex, 'test').contributionsOf(aTask().id);
    expect(contribution).toMatchObject({ entityRef: 'component:default/payments', deleted: true });
    await reconciled();
    await catalog.settlesTo([]);
  });

  // SQLite has no second process.
  if (engine !== 'Postgres') return;
  it('ends soon, even if another replica is at work', async () => {
    const provider = await start();
    await reconciled();
    let release = () => {};
    const held = new Promise<void>(resolve => (release = resolve));
    const holding = new Exclusive(catalog.knex, 'midgard:test').run(() => held);
    try {
      const begun = Date.now();
      await provider.stop();
      expect(Date.now() - begun).toBeLessThan(10_000);
    } finally {
      release();
      await holding;
    }
  });
});
