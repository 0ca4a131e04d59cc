import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CatalogRun,
  judge,
  Mayhem,
  mutate,
  readCatalogTopics,
  REDACT,
  untilEqual,
  untilTakenIn,
  WITH_FIXTURES,
} from './testing/catalogRun';
import { DATABASES } from './testing/databases';
import { Loop } from './testing/loop';
import { OwnKafka } from './testing/ownKafka';
import { ownTopics } from './testing/topics';

const cases = [
  { mode: 'triggers', entities: 1_000, seed: 2 },
  { mode: 'reconcile', entities: 300, seed: 3 },
].flatMap(given => DATABASES.map(database => ({ ...given, database })));

/** What a killed Backstage was at is taken up again soon, and not after the minutes of its defaults. */
const config = (mode: string) => ({
  catalog: { stitchingStrategy: { stitchTimeout: { seconds: 5 } } },
  midgard: { publisher: { mode, redact: REDACT, schedule: { frequency: { seconds: 2 }, timeout: { seconds: 8 } } } },
});

describe('with Backstage, Valkyrie and Kafka killed in between', () => {
  let kafka: OwnKafka;
  beforeAll(async () => {
    kafka = await OwnKafka.start();
  }, 180_000);
  afterAll(() => kafka?.drop());

  describe.each(cases)('$entities entities in mode $mode on $database', ({ mode, database, entities, seed }) => {
    const run = new CatalogRun(seed, { entities: Number(process.env.MIDGARD_TEST_ENTITIES ?? entities) });
    let loop: Loop;
    let mayhem: Mayhem;

    beforeAll(async () => {
      loop = await Loop.deploy({
        valkyrie: { database },
        backstage: { database, config: config(mode), environment: WITH_FIXTURES },
        topics: ownTopics(kafka.brokers),
      });
      mayhem = new Mayhem(seed, [
        { name: 'Backstage', kill: () => loop.backstage.kill(), start: () => loop.backstage.start() },
        { name: 'Valkyrie', kill: () => loop.valkyrie.kill(), start: () => loop.valkyrie.startSoon() },
        { name: 'Kafka', kill: () => kafka.kill(), start: () => kafka.restart() },
      ]);
    }, 120_000);
    afterAll(() => loop?.drop());

    it.each(run.waves.map(({ name }, index) => [name, index] as const))(
      'are known to Valkyrie as they are in the catalog after the wave: %s',
      async (name, index) => {
        const { backstage, valkyrie } = loop;
        const { catalog, mutations } = run.waves[index]!;
        // Removing takes a moment only. Kafka needs a quarter of a minute to be back, so it dies in the richest wave only.
        const victims = ['Backstage', 'Valkyrie', ...(name === 'change' ? ['Kafka'] : [])];
        const striking = mayhem.strike(name === 'remove' ? 2_000 : 8_000, ...victims);
        for (const mutation of mutations) await mutate(backstage, mutation);
        await striking;
        await untilTakenIn(backstage, catalog);
        await untilEqual(backstage, valkyrie);
      },
      480_000,
    );

    if (mode !== 'triggers') return;
    it('were told of in order and completely, apart from doubles', async () => {
      const { faults } = judge(await readCatalogTopics(loop.topics), run);
      expect(faults, `after ${mayhem.story}`).toEqual([]);
    }, 90_000);
  });
});
