import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Loop } from './testing/loop';
import { offsetsOf, RawRecord, readRecords, writeRecords } from './testing/records';
import { until } from './testing/until';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 180_000 });

const TYPE = 'midgard.scaffold-task.completed';
const TASK = '0192f0c1-2f69-7000-8000-000000000001';

/** Larger entities may not come in, in bytes. */
const maxEntityBytes = 20_000;

describe('bad news on the topic of tasks', () => {
  let loop: Loop;
  beforeAll(async () => {
    // With one partition, whatever held up a record would hold up all that come after it.
    const environment = { VALKYRIE__TOPICS__INTEGRATION__PARTITIONS: '1' };
    const config = { midgard: { providers: { valkyrie: { maxEntityBytes } } } };
    loop = await Loop.deploy({
      valkyrie: { database: 'postgres', environment },
      backstage: { database: 'postgres', config },
    });
    await loop.backstage.untilHealth('ok');
  });
  afterAll(() => loop?.drop());

  it.each([
    ['is invalid', { kind: 'API' }, /api:default\/invalid-0-other: .*required property 'definition'/],
    ['is of a kind that may not come in', { kind: 'Widget' }, /its kind is 'Widget', and only component, api/],
    ['is of a kind that only Backstage itself may make', { kind: 'User' }, /its kind is 'User'/],
    ['is in a namespace of others', { kind: 'Component', namespace: 'finance' }, /its namespace is 'finance'/],
    ['is too large', { kind: 'Component', text: 'x'.repeat(maxEntityBytes) }, /has \d+ bytes, and 20000 are allowed/],
  ])('parks an entity that %s, and takes the good one beside it', async (_, parameters, detail) => {
    const name = `invalid-${(await parked(loop)).length}`;
    const { id } = await loop.valkyrie.scaffold({ name, ...parameters }, 'pair');
    await loop.backstage.untilEntity('component', name);

    const record = await untilParked(loop, id);
    expect(record.headers).toMatchObject({ 'dead-letter-reason': 'rejected', 'dead-letter-topic': loop.topics.tasks });
    expect(record.headers['dead-letter-detail']).toMatch(detail);
    expect(record.json).toMatchObject({ type: `${TYPE}.v1`, data: { task: { id } } });
    expect(await loop.backstage.entities(`metadata.name=${name}-other`)).toEqual([]);
    await goesOn(loop);
  });

  it.each([
    ['garbage', 'garbage', Buffer.from([0xff, 0x00, 0xfe]), 'undecodable', /no JSON in UTF-8/],
    ['text that is no event', 'no-event', '"hello"', 'undecodable', /no object/],
    ['nothing at all', 'nothing', null, 'undecodable', /no value/],
    ['an event of another version', TASK, completed({}, 'v2'), 'rejected', /only midgard.*completed.v1 is known/],
    ['an event under a foreign key', 'foreign', completed({}), 'rejected', /must be the task's id/],
    ['an event without a task', 'no-task', completed({ task: null }), 'rejected', /data.task: the task is null/],
    ['an event without entities', TASK, completed({ entities: 'none' }), 'rejected', /data.entities must be the list/],
  ])('parks %s, and goes on', async (_, key, value, reason, detail) => {
    const before = offsetsOf(await parked(loop));
    await writeRecords(loop.topics, loop.topics.tasks, { key, value });
    const isNew = (record: RawRecord) => !offsetsOf([record]).some(offset => before.includes(offset));
    const record = await until('one more parked record', async () => (await parked(loop)).find(isNew));
    expect(record.key).toBe(key);
    expect(record.headers['dead-letter-reason']).toBe(reason);
    expect(record.headers['dead-letter-detail']).toMatch(detail);
    await goesOn(loop);
  });

  it('passes over events of types that say nothing about the catalog', async () => {
    const before = (await parked(loop)).length;
    const event = { ...JSON.parse(completed({})), type: 'midgard.scaffold-task.celebrated.v7' };
    await writeRecords(loop.topics, loop.topics.tasks, { key: TASK, value: JSON.stringify(event) });
    await goesOn(loop);
    expect(await parked(loop)).toHaveLength(before);
  });

  it('are no reason to be unwell', async () => {
    expect((await loop.backstage.health()).status).toBe('ok');
    await loop.backstage.untilLogged(`is parked on ${loop.topics.parked} as rejected`);
  });
});

/** A service that is ordered now arrives: nothing is stuck. */
async function goesOn({ valkyrie, backstage }: Loop) {
  const name = `good-${crypto.randomUUID().slice(0, 8)}`;
  await valkyrie.scaffold({ name });
  await backstage.untilEntity('component', name);
}

function parked({ topics }: Loop): Promise<RawRecord[]> {
  return readRecords(topics, topics.parked);
}

function untilParked(loop: Loop, key: string): Promise<RawRecord> {
  return until(`${key} among what is parked`, async () => (await parked(loop)).find(record => record.key === key));
}

/** An event as Valkyrie writes it, but for what is given. */
function completed(data: Record<string, unknown>, version = 'v1'): string {
  const task = {
    id: TASK,
    version: 4,
    status: 'completed',
    template: { name: 'service', version: '1.0.0' },
    updatedAt: '2026-11-22T09:00:00Z',
  };
  return JSON.stringify({
    specversion: '1.0',
    id: crypto.randomUUID(),
    source: '/valkyrie/scaffolder',
    type: `${TYPE}.${version}`,
    subject: TASK,
    data: { task, entities: [], ...data },
  });
}
