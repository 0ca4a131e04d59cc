import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DATABASES } from './testing/databases';
import { Loop } from './testing/loop';
import { readRecords } from './testing/records';
import { until } from './testing/until';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

/** How many tasks wait, and whether they wait for a person. */
interface Removals {
  held: boolean;
  items: { task: string; status: string; entityRef: string }[];
}

/** Often, so that a schedule that brings something back would be seen. */
const schedule = { frequency: { seconds: 1 }, timeout: { minutes: 1 } };

describe.each(DATABASES)('a service that is deleted in Backstage, on %s', database => {
  let loop: Loop;
  beforeAll(async () => {
    const config = { midgard: { providers: { valkyrie: { schedule } } } };
    loop = await Loop.deploy({ valkyrie: { database }, backstage: { database, config } });
    await loop.backstage.untilHealth('ok');
  });
  afterAll(() => loop?.drop());

  it('is announced, its task is decommissioned, and nothing brings it back', async () => {
    const { id } = await make(loop, 'short-lived');
    await remove(loop, 'short-lived');

    await loop.valkyrie.untilTask(id, 'decommissioned');
    const news = await readRecords(loop.topics, `${loop.topics.catalog}.component`);
    const ofIt = news.filter(({ key }) => key === 'component:default/short-lived');
    expect(ofIt.at(-1)?.json).toMatchObject({
      type: 'backstage.catalog.entity.deleted.v1',
      data: { entityRef: 'component:default/short-lived', entity: null, previous: { kind: 'Component' } },
    });
    expect(await typesOf(loop, id)).toContain('midgard.scaffold-task.decommissioned.v1');
    await staysAway(loop, 'short-lived');
  });

  it('frees its name for another service', async () => {
    const first = await make(loop, 'again');
    await remove(loop, 'again');
    await loop.valkyrie.untilTask(first.id, 'decommissioned');
    const second = await loop.valkyrie.scaffold({ name: 'again' });
    const entity = await until('the second service', async () => {
      const found = await loop.backstage.entity('component', 'again');
      return found?.metadata.annotations?.['valkyrie.dev/task-id'] === second.id ? found : undefined;
    });
    await loop.backstage.reconcile();
    expect((await loop.backstage.entity('component', 'again'))?.metadata.uid).toBe(entity.metadata.uid);
  });

  it('is one of so many that a person must say so', async () => {
    const names = Array.from({ length: 12 }, (_, number) => `one-of-many-${number}`);
    const tasks = await Promise.all(names.map(name => make(loop, name)));
    await Promise.all(names.map(name => remove(loop, name)));

    const held = await until('the brake', async () => {
      const seen = await removals(loop);
      return seen.held && seen.items.length === names.length ? seen : undefined;
    });
    expect(held.items.map(({ task }) => task).sort()).toEqual(tasks.map(({ id }) => id).sort());
    await loop.backstage.reconcile();
    for (const name of names) expect(await loop.backstage.entity('component', name)).toBeUndefined();
    for (const { id } of tasks) expect((await loop.valkyrie.task(id)).status).toBe('completed');

    const confirmed = await loop.valkyrie.cli('task', 'decommission', '--confirm');
    expect(confirmed).toMatchObject({ code: 0, stdout: '12 tasks will be decommissioned\n' });
    for (const { id } of tasks) await loop.valkyrie.untilTask(id, 'decommissioned');
    await loop.backstage.reconcile();
    for (const name of names) expect(await loop.backstage.entity('component', name)).toBeUndefined();
  });
});

describe('a service that is deleted in Backstage, where that says nothing about its task', () => {
  let loop: Loop;
  beforeAll(async () => {
    const environment = { VALKYRIE__CATALOG__ON_REMOVAL: 'ignore' };
    loop = await Loop.deploy({ valkyrie: { database: 'sqlite', environment }, backstage: { database: 'sqlite' } });
    await loop.backstage.untilHealth('ok');
  });
  afterAll(() => loop?.drop());

  it('stays away, and its task stays completed', async () => {
    const { id } = await make(loop, 'unwanted');
    await remove(loop, 'unwanted');
    await loop.valkyrie.untilGone('component', 'unwanted');
    // What vanished would have been noted together with that.
    expect(await removals(loop)).toEqual({ held: false, items: [] });
    await staysAway(loop, 'unwanted');
    expect((await loop.valkyrie.task(id)).status).toBe('completed');
  });
});

/** Makes a service, and waits until both sides know it. */
async function make({ valkyrie, backstage }: Loop, name: string) {
  const task = await valkyrie.scaffold({ name });
  await backstage.untilEntity('component', name);
  await valkyrie.untilEntity('component', name);
  return task;
}

async function remove({ backstage }: Loop, name: string) {
  await backstage.deleteEntity((await backstage.entity('component', name))!);
}

/** Neither a reconciliation out of turn, nor one after a restart, nor those of the schedule bring it back. */
async function staysAway({ backstage }: Loop, name: string) {
  await backstage.reconcile();
  expect(await backstage.entity('component', name)).toBeUndefined();
  await backstage.stop();
  await backstage.start();
  await backstage.reconcile();
  await backstage.reconcile();
  expect(await backstage.entity('component', name)).toBeUndefined();
}

async function removals({ valkyrie }: Loop): Promise<Removals> {
  const { code, stdout, stderr } = await valkyrie.cli('task', '--json', 'decommission');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** What the topic says of a task. */
async function typesOf({ topics }: Loop, id: string): Promise<string[]> {
  const records = await readRecords(topics, topics.tasks);
  return records.filter(({ key }) => key === id).map(({ json }) => json.type);
}
