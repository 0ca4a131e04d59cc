import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mockServices } from '@backstage/backend-test-utils';
import { JsonObject } from '@backstage/types';
import { HealthBoard } from '../../health';
import { aComponent, aTask } from '../../testing/documents';
import { ENGINES, RealCatalog, startCatalog } from '../../testing/realCatalog';
import { ValkyrieDouble } from '../../testing/valkyrieDouble';
import { Applier } from '../applier';
import { Credentials } from '../config';
import { Exclusive, Ledger } from '../ledger';
import { Tokens, ValkyrieClient } from '../valkyrie';
import { Reconciler } from './reconciler';

const never = new AbortController().signal;
const idOf = (name: string) => `0192f0c1-2f69-7000-8000-${Buffer.from(name).toString('hex').padStart(12, '0')}`;

describe.each(ENGINES)('Reconciler on %s', (_, database) => {
  let catalog: RealCatalog;
  let valkyrie: ValkyrieDouble;
  let health: HealthBoard;

  beforeAll(async () => {
    catalog = await startCatalog(database());
  });
  beforeEach(async () => {
    valkyrie = await ValkyrieDouble.start();
    health = new HealthBoard();
  });
  afterEach(async () => {
    await valkyrie.stop();
    await catalog.clear();
  });
  afterAll(() => catalog.stop());

  /** A task of Valkyrie with a component of that name. */
  const has = (name: string, task = {}, entities: JsonObject[] = [aComponent(name)]) =>
    valkyrie.tasks.set(name, { task: aTask({ id: idOf(name), ...task }), entities });
  const applierOf = () => {
    const rules = { kinds: ['component'], namespaces: ['default'], maxEntityBytes: 100_000 };
    const exclusive = new Exclusive(catalog.knex, 'midgard:test');
    const options = { id: 'test', baseUrl: 'http://valkyrie', locationKey: 'midgard:test', ...rules };
    return new Applier(options, exclusive, catalog.ours);
  };
  const reconciler = (credentials: Credentials = { type: 'static', token: 'good' }, url = valkyrie.url) => {
    const client = new ValkyrieClient(url, new Tokens(credentials, 2_000), 2_000);
    const logger = mockServices.rootLogger({ level: 'none' });
    return new Reconciler('test', catalog.knex, client, applierOf(), health.part('reconciliation'), logger);
  };
  const reconcile = () => reconciler().once(never);

  it('brings all completed tasks of all pages, and no others', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) has(name);
    has('running', { status: 'running' });
    expect(await reconcile()).toMatchObject({ completed: 5, applied: 5, removed: 0 });
    expect(await reconcile()).toMatchObject({ completed: 5, applied: 0, removed: 0 });
    await catalog.settlesTo(['a', 'b', 'c', 'd', 'e']);
  });

  it('removes what is decommissioned or deleted by now, by what Valkyrie says of it', async () => {
    for (const name of ['kept', 'gone', 'deleted']) has(name);
    await reconcile();
    has('gone', { status: 'decommissioned', version: 6 });
    valkyrie.tasks.set(idOf('gone'), valkyrie.tasks.get('gone')!);
    valkyrie.tasks.delete('deleted');
    valkyrie.tasks.set(idOf('deleted'), { task: aTask({ status: 'deleted' }), entities: [], deletedAt: 5 });
    expect(await reconcile()).toMatchObject({ removed: 2, unseen: [] });
    await catalog.settlesTo(['kept']);
  });

  it('removes nothing when the token may not see the tasks, and says so', async () => {
    for (const name of ['a', 'b']) has(name);
    await reconcile();
    valkyrie.blind = true;
    await reconciler().run(never);
    await catalog.settlesTo(['a', 'b']);
    const { parts } = health.read();
    expect(parts.reconciliation).toMatchObject({ status: 'failing' });
    expect(parts.reconciliation?.detail).toContain("2 tasks can't be seen");
  });

  it('passes over a task that it cannot read, names it, and goes on with the others', async () => {
    for (const name of ['a', 'b', 'c']) has(name);
    await reconcile();
    const last = await new Ledger(catalog.knex, 'test').lastReconciled();
    has('a', { template: { name: 'no\0name', version: '1' } });
    has('b', { version: 5 }, Array.from({ length: 1_001 }, (_item, index) => aComponent(`b${index}`)));
    has('d');
    valkyrie.tasks.delete('c');
    valkyrie.tasks.set(idOf('c'), { task: aTask({ id: idOf('c'), status: 'failed', version: -1 }), entities: [] });
    await reconciler().run(never);
    await catalog.settlesTo(['a', 'b', 'c', 'd']);
    const { status, detail } = health.read().parts.reconciliation!;
    expect(status).toBe('failing');
    expect(detail).toContain("3 tasks can't be read");
    expect(detail).toContain(`${idOf('a')}: template.name is`);
    expect(detail).toContain(`${idOf('b')}: entities has 1001 documents, and 1000 are allowed`);
    expect(detail).toContain(`${idOf('c')}: version of task`);
    // Other replicas take a newer time for news that all is well.
    expect(await new Ledger(catalog.knex, 'test').lastReconciled()).toEqual(last);
  });

  it('does not undo what an event brought while it was listing', async () => {
    has('a');
    await reconcile();
    valkyrie.meanwhile = () => applierOf().removed({ id: idOf('a'), version: 5 });
    expect(await reconcile()).toMatchObject({ applied: 0 });
    await catalog.settlesTo([]);
  });

  it('does not bring back what was deleted in Backstage', async () => {
    has('a');
    has('b');
    await reconcile();
    await catalog.settlesTo(['a', 'b']);
    await catalog.deleteByHand('component:default/a');
    await reconcile();
    await reconcile();
    await catalog.settlesTo(['b']);
  });

  it.each([
    ['a token that is not good', { type: 'static', token: 'bad' }, 'answered 401: Unauthorized: the token is not good'],
    ['a client that is not known', { type: 'oidc', clientId: 'x', clientSecret: 'y' }, 'answered 401: invalid_client'],
  ] as const)('waits with %s, says so, and removes nothing', async (_name, credentials, reason) => {
    has('a');
    await reconcile();
    valkyrie.tasks.clear();
    const stop = new AbortController();
    const given = { tokenUrl: `${valkyrie.url}/token`, ...credentials } as Credentials;
    const running = reconciler(given).run(stop.signal);
    await expect.poll(() => health.read().parts.reconciliation?.detail).toContain(reason);
    stop.abort();
    await running;
    await catalog.settlesTo(['a']);
  });

  it('waits for a Valkyrie that is away, and goes on when it is back', async () => {
    has('a');
    valkyrie.goodToken = 'not yet';
    const running = reconciler().run(never);
    await expect.poll(() => health.read().parts.reconciliation?.status).toBe('failing');
    valkyrie.goodToken = 'good';
    await running;
    expect(health.read().status).toBe('ok');
    await catalog.settlesTo(['a']);
  });

  it('gets a token by client credentials, keeps it, and gets another when it is refused', async () => {
    has('a');
    const oidc: Credentials = {
      type: 'oidc',
      tokenUrl: `${valkyrie.url}/token`,
      clientId: 'backstage',
      clientSecret: 'a secret',
    };
    const withOidc = reconciler(oidc);
    await withOidc.once(never);
    await withOidc.once(never);
    expect(valkyrie.tokensGiven).toBe(1);
    valkyrie.goodToken = 'revoked';
    await withOidc.once(never);
    expect(valkyrie.tokensGiven).toBe(2);
  });
});
