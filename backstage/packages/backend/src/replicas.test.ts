import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Backstage } from './testing/backstage';
import {
  CatalogRun,
  countCatalogRecords,
  judge,
  Mutation,
  mutate,
  readCatalogTopics,
  REDACT,
  untilEqual,
  untilTakenIn,
  WITH_FIXTURES,
} from './testing/catalogRun';
import { dropTopics, ownTopics, Topics } from './testing/topics';
import { until } from './testing/until';
import { Valkyrie } from './testing/valkyrie';

/** A pump that was killed may have sent what it took up in one round, and not written it down. */
const ONE_ROUND = 500;

describe('two replicas of Backstage on one Postgres', () => {
  const run = new CatalogRun(4, { entities: 500 });
  const config = {
    catalog: { stitchingStrategy: { stitchTimeout: { seconds: 5 } } },
    midgard: { publisher: { mode: 'triggers', redact: REDACT } },
  };
  let topics: Topics;
  let valkyrie: Valkyrie;
  let replicas: [Backstage, Backstage];

  beforeAll(async () => {
    topics = ownTopics();
    valkyrie = await Valkyrie.deploy({ database: 'postgres', topics });
    const options = { database: 'postgres', topics, valkyrieUrl: valkyrie.url, config, environment: WITH_FIXTURES } as const;
    const first = await Backstage.deploy(options);
    replicas = [first, await Backstage.deploy({ ...options, replicaOf: first })];
  }, 120_000);
  afterAll(async () => {
    await replicas?.[1].drop();
    await replicas?.[0].drop();
    await valkyrie?.drop();
    if (topics) await dropTopics(topics);
  });

  it('publish what came in through either, and nothing twice', async () => {
    const { catalog, mutations } = run.waves[0]!;
    for (const [index, mutation] of mutations.entries()) await mutate(replicas[index % 2]!, mutation);
    for (const replica of replicas) await untilTakenIn(replica, catalog);
    await untilEqual(replicas[1], valkyrie);
    const { doubles } = judge(await readCatalogTopics(topics), run);
    expect(doubles).toBe(0);
  }, 480_000);

  it.each([
    ['change', 0],
    ['remove', 1],
  ] as const)('go on with the wave %s when one of them is killed at work', async (name, index) => {
    const { catalog, mutations } = run.waves.find(wave => wave.name === name)!;
    const [killed, survivor] = [replicas[index]!, replicas[1 - index]!];
    const [first, ...others] = mutations as [Mutation, ...Mutation[]];
    const before = await countCatalogRecords(topics);
    await mutate(killed, first);
    await until('an event of this wave', async () => (await countCatalogRecords(topics)) > before || undefined);
    await killed.kill();
    for (const mutation of others) await mutate(survivor, mutation);
    await untilTakenIn(survivor, catalog);
    await untilEqual(survivor, valkyrie);
    await killed.start();
    await untilTakenIn(killed, catalog);
  }, 480_000);

  it('have told of everything in order', async () => {
    const { faults, doubles } = judge(await readCatalogTopics(topics), run);
    expect(faults).toEqual([]);
    expect(doubles).toBeLessThanOrEqual(2 * ONE_ROUND);
  }, 90_000);
});
