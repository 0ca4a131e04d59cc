import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { mutate, WITH_FIXTURES } from './testing/catalogRun';
import { Loop } from './testing/loop';
import { makeTopic, offsetsOf, RawRecord, readRecords, writeRecords } from './testing/records';
import { until } from './testing/until';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

/** Larger events are not published, in bytes. */
const maxEventBytes = 10_000;

describe('news of the catalog', () => {
  let loop: Loop;
  beforeAll(async () => {
    // With one partition, whatever held up a record would hold up all that come after it.
    const environment = { VALKYRIE__TOPICS__CATALOG__PARTITIONS: '1' };
    const config = { midgard: { publisher: { maxEventBytes } } };
    loop = await Loop.deploy({
      valkyrie: { database: 'sqlite', environment },
      backstage: { database: 'sqlite', config, environment: WITH_FIXTURES },
    });
    await loop.backstage.untilHealth('ok');
  });
  afterAll(() => loop?.drop());

  it('is without what was before, where both are too large', async () => {
    await put(loop, 'growing', 'a'.repeat(6_000));
    await loop.valkyrie.untilEntity('component', 'growing');
    await put(loop, 'growing', 'b'.repeat(6_000));
    await until('the change', async () => {
      const entity = await loop.valkyrie.entity('component', 'growing');
      return entity?.metadata.description?.startsWith('b') || undefined;
    });
    const events = await eventsOf(loop, 'growing');
    expect(events.map(({ type }) => type).filter(type => type.endsWith('.created.v1'))).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ type: 'backstage.catalog.entity.updated.v1', data: { previous: null } });
  });

  it('is none where an entity alone is too large, until it is smaller', async () => {
    await put(loop, 'large', 'x'.repeat(2 * maxEventBytes));
    const [row] = await until('the rejection', async () => {
      const rows = await rejected(loop);
      return rows.length > 0 ? rows : undefined;
    });
    expect(row).toMatchObject({
      entity_ref: 'component:default/large',
      topic: `${loop.topics.catalog}.component`,
      reason: 'too-large',
      detail: `the event is larger than midgard.publisher.maxEventBytes, ${maxEventBytes}`,
    });
    expect(Number(row!.bytes)).toBeGreaterThan(2 * maxEventBytes);
    await loop.backstage.untilLogged('midgard parked component:default/large');
    expect((await loop.backstage.health()).status).toBe('ok');
    await goesOn(loop);
    expect(await eventsOf(loop, 'large')).toEqual([]);

    await put(loop, 'large', 'small again');
    await loop.valkyrie.untilEntity('component', 'large');
    expect(await rejected(loop)).toEqual([]);
  });

  const component = { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'a' }, spec: {} };
  const another = { ...component, metadata: { name: 'b' } };
  const ref = 'component:default/a';

  it.each([
    ['garbage', ref, Buffer.from([0xff, 0x00, 0xfe]), 'undecodable', /./],
    ['an event of another version', ref, news({ entity: component }, 'created.v2'), 'rejected', /entity\.created\.v2/],
    ['an event under a foreign key', 'component:default/z', news({ entity: component }), 'rejected', /its key is/],
    ['an event of another entity', ref, news({ entity: another }), 'rejected', /its entity is `component:default\/b`/],
    [
      'an event of another kind than its topic',
      'api:default/a',
      news({ entityRef: 'api:default/a', entity: { ...component, kind: 'API' } }),
      'rejected',
      /speaks of a api, but stands on/,
    ],
    ['an event without an entity', ref, news({ entity: null }), 'rejected', /./],
  ])('that is %s is parked, and nothing is stuck', async (_, key, value, reason, detail) => {
    const topic = `${loop.topics.catalog}.component`;
    const parked = () => readRecords(loop.topics, `${topic}.valkyrie-catalog.dead-letter`);
    const before = offsetsOf(await parked());
    await writeRecords(loop.topics, topic, { key, value });
    const isNew = (record: RawRecord) => !offsetsOf([record]).some(offset => before.includes(offset));
    const record = await until('one more parked record', async () => (await parked()).find(isNew));
    expect(record.key).toBe(key);
    expect(record.headers['dead-letter-reason']).toBe(reason);
    expect(record.headers['dead-letter-detail']).toMatch(detail);
    expect(await loop.valkyrie.entity('component', 'a')).toBeUndefined();
    await goesOn(loop);
  });

  it('of a kind that nobody knew before is heard, too', async () => {
    const entity = { ...component, kind: 'Widget' };
    const value = news({ entityRef: 'widget:default/a', entity });
    await makeTopic(loop.topics, `${loop.topics.catalog}.widget`);
    await writeRecords(loop.topics, `${loop.topics.catalog}.widget`, { key: 'widget:default/a', value });
    expect(await loop.valkyrie.untilEntity('widget', 'a', 60_000)).toEqual(entity);
    await goesOn(loop);
  });
});

async function put({ backstage }: Loop, name: string, description: string) {
  const spec = { type: 'service', lifecycle: 'experimental', owner: 'group:default/payments' };
  const entity = { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name, description }, spec };
  await mutate(backstage, { added: [entity], removed: [] });
}

/** What changes now in Backstage arrives: nothing is stuck. */
async function goesOn(loop: Loop) {
  const name = `good-${crypto.randomUUID().slice(0, 8)}`;
  await put(loop, name, 'good');
  await loop.valkyrie.untilEntity('component', name);
}

async function eventsOf({ topics }: Loop, name: string) {
  const records = await readRecords(topics, `${topics.catalog}.component`);
  return records.filter(({ key }) => key === `component:default/${name}`).map(({ json }) => json);
}

async function rejected({ backstage }: Loop): Promise<Record<string, unknown>[]> {
  const catalog = backstage.connectCatalog();
  try {
    return await catalog('midgard_catalog_rejected').select();
  } finally {
    await catalog.destroy();
  }
}

/** An event as Backstage writes it, but for what is given. */
function news(data: Record<string, unknown>, what = 'created.v1'): string {
  return JSON.stringify({
    specversion: '1.0',
    id: crypto.randomUUID(),
    source: '/backstage/catalog',
    type: `backstage.catalog.entity.${what}`,
    time: new Date().toISOString(),
    data: { entityRef: 'component:default/a', previous: null, ...data },
  });
}
