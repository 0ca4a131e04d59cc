import { JsonObject } from '@backstage/types';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { READER, token } from './testing/keycloak';
import { Loop } from './testing/loop';
import { freePort } from './testing/program';
import { Relay } from './testing/relay';
import { ownTopics } from './testing/topics';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const RECONCILIATION = 'provider:valkyrie:reconciliation';
const EVENTS = 'provider:valkyrie:events';

/** Often, for the next reconciliation shall not be an hour away. */
const schedule = { frequency: { seconds: 1 }, timeout: { minutes: 1 } };

describe('a Backstage that Valkyrie does not let in', () => {
  let loop: Loop;
  beforeAll(async () => {
    loop = await Loop.deploy({ valkyrie: { database: 'sqlite' }, backstage: { database: 'sqlite' } });
    await loop.valkyrie.scaffold({ name: 'before' });
    await loop.backstage.untilEntity('component', 'before');
    await loop.backstage.untilHealth('ok');
  });
  afterAll(() => loop?.drop());

  it.each([
    ['its token is none', async () => ({ token: 'no-token', oidc: null }), /answered 401/],
    ['its secret is wrong', async () => ({ oidc: { clientSecret: 'wrong' } }), /openid-connect\/token answered 401/],
    ['it may not see tasks of others', async () => ({ token: await token(READER), oidc: null }), /tasks can't be seen/],
  ])('removes nothing, says so, and takes what the topic brings: %s', async (_, credentials, detail) => {
    await restart(loop, await credentials());
    const { parts } = await loop.backstage.untilHealth('failing', RECONCILIATION);
    expect(parts[RECONCILIATION]!.detail).toMatch(detail);
    const name = `after-${crypto.randomUUID().slice(0, 8)}`;
    await loop.valkyrie.scaffold({ name });
    await loop.backstage.untilEntity('component', name);
    expect(await loop.backstage.entity('component', 'before')).toBeDefined();
    const { status, parts: after } = await loop.backstage.health();
    expect(status).toBe('failing');
    expect(after).toMatchObject({ [EVENTS]: { status: 'ok' }, publisher: { status: 'ok' } });
  });

  it('is well again once it is let in', async () => {
    await restart(loop, {});
    await loop.backstage.untilHealth('ok');
    expect(await loop.backstage.entity('component', 'before')).toBeDefined();
  });
});

describe('a Backstage that starts while nobody listens where Kafka should be', () => {
  let loop: Loop;
  let relay: Relay;
  beforeAll(async () => {
    const topics = ownTopics();
    const port = await freePort();
    relay = new Relay(port, topics.brokers);
    const config = { midgard: { kafka: { brokers: [`127.0.0.1:${port}`] } } };
    loop = await Loop.deploy({ valkyrie: { database: 'sqlite' }, backstage: { database: 'sqlite', config }, topics });
  });
  afterAll(async () => {
    await loop?.drop();
    relay?.shut();
  });

  it('says so, and serves its catalog, with what a reconciliation finds', async () => {
    const { parts } = await loop.backstage.untilHealth('failing', 'publisher');
    expect(parts.publisher!.detail).toMatch(/^can't publish: .*ECONNREFUSED/);
    expect((await loop.backstage.untilHealth('failing', EVENTS)).parts[EVENTS]!.detail).toMatch(/can't be followed/);
    await loop.valkyrie.scaffold({ name: 'early' });
    await loop.backstage.reconcile();
    await loop.backstage.untilEntity('component', 'early');
  });

  it('catches up once Kafka is there', async () => {
    await relay.open();
    await loop.backstage.untilHealth('ok');
    await loop.valkyrie.untilEntity('component', 'early');
    await loop.valkyrie.scaffold({ name: 'late' });
    await loop.backstage.untilEntity('component', 'late');
  });
});

/** Starts Backstage anew, with other credentials. */
async function restart({ backstage }: Loop, valkyrie: JsonObject) {
  await backstage.stop();
  await backstage.reconfigure({ midgard: { providers: { valkyrie: { schedule, valkyrie } } } });
  await backstage.start();
}
