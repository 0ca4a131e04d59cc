import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CatalogTables, component } from '../testing/catalogTables';
import { createCatalogDatabase, DATABASES, TestDatabase } from '../testing/databases';
import { eventually } from '../testing/eventually';
import { fold } from '../testing/history';
import { Replica, ReplicaOptions, startReplica } from '../testing/replica';
import { readTopics, testKafka, topicPrefix } from '../testing/topics';
import { Triggers } from './capture';
import { OUTBOX, PUBLISHED, RECHECK, REJECTED } from './tables';

describe.each(DATABASES)('the publisher in mode triggers on %s', kind => {
  let database: TestDatabase;
  let catalog: CatalogTables;
  let prefix: string;
  let replicas: Replica[];

  beforeEach(async () => {
    database = await createCatalogDatabase(kind);
    catalog = new CatalogTables(database.knex);
    prefix = topicPrefix();
    replicas = [];
  });

  afterEach(async () => {
    for (const replica of replicas) await replica.stop();
    await database.drop();
  });

  async function start(options: Partial<ReplicaOptions> = {}): Promise<Replica> {
    const publisher = { mode: 'triggers', topicPrefix: prefix, ...options.publisher };
    const replica = await startReplica({ knex: database.knex, ...options, publisher });
    replicas.push(replica);
    await eventually(async () => expect(await new Triggers(database.knex).installed()).toBe(true));
    return replica;
  }

  /** Until nothing waits. */
  async function settled() {
    await eventually(async () => {
      expect(await database.knex(OUTBOX).pluck('entity_ref')).toEqual([]);
      expect(await database.knex(RECHECK).pluck('entity_ref')).toEqual([]);
    });
  }

  it('publishes creation, change and removal, with what was before', async () => {
    const replica = await start();
    const [one, two] = [component('a', { type: 'one' }), component('a', { type: 'two' })];
    await catalog.stitch(one);
    await catalog.stitch(two);
    await catalog.remove('component:default/a');
    await settled();
    const events = await readTopics(prefix);
    expect(events.map(({ event, data, key, topic }) => [event.type, data, key, topic])).toEqual(
      [
        ['created', { entity: one, previous: null }],
        ['updated', { entity: two, previous: one }],
        ['deleted', { entity: null, previous: two }],
      ].map(([type, data]) => [
        `backstage.catalog.entity.${type}.v1`,
        { entityRef: 'component:default/a', ...(data as object) },
        'component:default/a',
        `${prefix}.component`,
      ]),
    );
    const [{ event }] = events as [(typeof events)[number]];
    expect(event.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(event).toMatchObject({ source: '/backstage/catalog', subject: 'component:default/a' });
    expect(event.extensions).toEqual({
      correlationid: 'component:default/a',
      causationid: event.id,
      partitionkey: 'component:default/a',
    });
    expect(Math.abs(Date.parse(event.time!) - Date.now())).toBeLessThan(30_000);
    await eventually(() => expect(replica.health.read().status).toBe('ok'));
  });

  it('publishes what existed before, and what was missed while it was off', async () => {
    await catalog.stitch(component('before'));
    await catalog.stitch(component('gone'));
    const first = await start();
    await settled();
    await first.stop();
    replicas.pop();
    const off = await startReplica({ knex: database.knex, publisher: { mode: 'off' } });
    await off.stop();
    expect(await new Triggers(database.knex).installed()).toBe(false);
    await catalog.stitch(component('before', { type: 'changed' }));
    await catalog.stitch(component('new'));
    await catalog.remove('component:default/gone');
    await start();
    await eventually(async () => expect(await database.knex(PUBLISHED).pluck('entity_ref')).toContain('component:default/new'));
    await settled();
    const events = await readTopics(prefix);
    expect(fold(events)).toEqual(await catalog.read());
    expect(events.length).toBe(5);
  });

  it('leaves out excluded kinds and redacted fields, and is silent about changes in them', async () => {
    await start({ publisher: { redact: ['/metadata/annotations/example.com~1secret', '/spec/list/*/hidden'] } });
    const entity = (secret: string, hidden: string, type: string) => {
      const plain = component('a', { type });
      return {
        ...plain,
        metadata: { ...plain.metadata, annotations: { 'example.com/secret': secret, open: 'yes' } },
        spec: { ...plain.spec, list: [{ hidden, shown: 1 }] },
      };
    };
    await catalog.stitch({ ...component('u'), kind: 'User' });
    await catalog.stitch(entity('one', 'x', 'service'));
    await settled();
    await catalog.stitch(entity('two', 'y', 'service'));
    await settled();
    await catalog.stitch(entity('three', 'z', 'website'));
    await settled();
    const events = await readTopics(prefix);
    expect(events.map(({ event }) => event.type.split('.')[3])).toEqual(['created', 'updated']);
    const [, { data }] = events as [(typeof events)[number], (typeof events)[number]];
    for (const shown of [data.entity, data.previous]) {
      expect(shown!.metadata.annotations).toEqual({ open: 'yes' });
      expect(shown!.metadata.etag).toBeUndefined();
      expect(shown!.spec!.list).toEqual([{ shown: 1 }]);
    }
    expect(JSON.stringify(await database.knex(PUBLISHED))).not.toMatch(/"(one|two|three|x|y|z)"/);
  });

  it('applies at its start what the configuration publishes since', async () => {
    const secret = 'example.com/secret';
    const entity = component('a');
    await (await start()).stop();
    await catalog.stitch({ ...component('u'), kind: 'User' });
    await catalog.stitch({ ...entity, metadata: { ...entity.metadata, annotations: { [secret]: 'known' } } });
    const first = await start();
    await settled();
    await first.stop();
    expect((await readTopics(prefix)).map(({ key }) => key)).toEqual(['component:default/a']);
    await start({ publisher: { kinds: { exclude: [] }, redact: ['/metadata/annotations/example.com~1secret'] } });
    await eventually(async () => expect(await database.knex(PUBLISHED).pluck('entity_ref')).toContain('user:default/u'));
    await settled();
    const last = new Map((await readTopics(prefix)).map(({ key, data }) => [key, data.entity]));
    expect([...last.keys()].sort()).toEqual(['component:default/a', 'user:default/u']);
    expect(last.get('component:default/a')!.metadata.annotations).toEqual({});
  });

  it('drops previous from events that are too large, and parks those that still are', async () => {
    await start({ publisher: { maxEventBytes: 20_000 } });
    const of = (name: string, size: number) => component(name, { text: 'x'.repeat(size) });
    await catalog.stitch(of('a', 15_000));
    await catalog.stitch(of('a', 15_001));
    await catalog.stitch(of('b', 30_000));
    await catalog.stitch(of('c', 10));
    await settled();
    const events = await readTopics(prefix);
    expect(events.filter(({ key }) => key === 'component:default/a').map(({ data }) => data.previous)).toEqual([null, null]);
    expect(events.map(({ key }) => key)).toContain('component:default/c');
    expect(await database.knex(REJECTED)).toMatchObject([{ entity_ref: 'component:default/b', reason: 'too-large' }]);
    await catalog.stitch(of('b', 11));
    await settled();
    expect(await database.knex(REJECTED)).toEqual([]);
    expect((await readTopics(prefix)).filter(({ key }) => key === 'component:default/b')).toMatchObject([
      { event: { type: 'backstage.catalog.entity.created.v1' } },
    ]);
  });

  it('does the same when it is the broker that finds an event too large', async () => {
    const admin = testKafka().admin();
    await admin.connect();
    await admin.createTopics({
      topics: [{ topic: `${prefix}.component`, configEntries: [{ name: 'max.message.bytes', value: '20000' }] }],
      waitForLeaders: true,
    });
    await admin.disconnect();
    const replica = await start();
    const of = (name: string, size: number) => component(name, { text: 'x'.repeat(size) });
    for (const name of ['a', 'b', 'c', 'd']) await catalog.stitch(of(name, 9_000));
    await catalog.stitch(of('a', 15_000));
    await catalog.stitch(of('b', 30_000));
    await catalog.stitch(of('c', 10));
    await settled();
    expect(await database.knex(REJECTED)).toMatchObject([{ entity_ref: 'component:default/b', reason: 'too-large' }]);
    const last = new Map((await readTopics(prefix)).map(({ key, data }) => [key, data]));
    expect(last.get('component:default/a')).toMatchObject({ entity: of('a', 15_000).spec && { spec: of('a', 15_000).spec }, previous: null });
    expect(last.get('component:default/b')!.entity!.spec!.text).toHaveLength(9_000);
    expect(last.get('component:default/c')!.entity!.spec!.text).toHaveLength(10);
    expect(replica.health.read().parts.publisher).toMatchObject({ status: 'ok' });
  });

  it('lets a kind wait whose topic is missing, says so, and publishes the others', async () => {
    const admin = testKafka().admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: `${prefix}.component` }], waitForLeaders: true });
    const replica = await start({ publisher: { createTopics: false } });
    await catalog.stitch({ ...component('x'), kind: 'API' });
    await catalog.stitch(component('a'));
    await eventually(async () => expect(await database.knex(OUTBOX).pluck('entity_ref')).toEqual(['api:default/x']));
    await eventually(() => expect(replica.health.read().parts.publisher).toMatchObject({ status: 'failing', detail: expect.stringMatching(/api waits: .*no such topic/) }));
    await catalog.stitch(component('b'));
    await eventually(async () => expect(await database.knex(OUTBOX).pluck('entity_ref')).toEqual(['api:default/x']));
    await admin.createTopics({ topics: [{ topic: `${prefix}.api` }], waitForLeaders: true });
    await admin.disconnect();
    await settled();
    await eventually(() => expect(replica.health.read().status).toBe('ok'));
    expect([...fold(await readTopics(prefix)).keys()].sort()).toEqual(['api:default/x', 'component:default/a', 'component:default/b']);
  });

  it('parks what is nested too deep, and publishes the others', async () => {
    await start();
    await catalog.stitch(component('deep', { nested: 'here' }));
    const { final_entity: text } = await database.knex('final_entities').first();
    for (const depth of [400, 1_000, 3_000, 10_000]) {
      const nested = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
      await database.knex('final_entities').update({ final_entity: text.replace('"here"', nested) });
    }
    await catalog.stitch(component('a'));
    await settled();
    const [deep, plain] = ['component:default/deep', 'component:default/a'];
    const detail = expect.stringMatching(/deeper than 500 levels/);
    expect(await database.knex(REJECTED)).toMatchObject([{ entity_ref: deep, reason: 'unreadable', detail }]);
    expect((await readTopics(prefix)).map(({ key }) => key).sort()).toEqual([plain, deep, deep]);
  });

  it('falls back to reconcile where the schema is unknown, and says so', async () => {
    await database.knex.schema.alterTable('final_entities', table => table.text('final_entity_v2'));
    const replica = await startReplica({ knex: database.knex, publisher: { mode: 'triggers', topicPrefix: prefix } });
    replicas.push(replica);
    await eventually(() =>
      expect(replica.health.read().parts['publisher:catalog']).toMatchObject({
        status: 'failing',
        detail: expect.stringMatching(/final_entity_v2.*reconciles instead/),
      }),
    );
    expect(await new Triggers(database.knex).installed()).toBe(false);
  });
});
