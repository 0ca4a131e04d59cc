import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CatalogRun, judge, mutate, readCatalogTopics, REDACT, untilEqual, untilTakenIn, WITH_FIXTURES } from './testing/catalogRun';
import { DATABASES } from './testing/databases';
import { Loop } from './testing/loop';

const MODES = ['triggers', 'reconcile'] as const;
const cases = MODES.flatMap(mode => DATABASES.map(database => ({ mode, database })));
const schedule = { frequency: { seconds: 2 }, timeout: { seconds: 30 } };

describe.each(cases)('a thousand entities in mode $mode on $database', ({ mode, database }) => {
  const run = new CatalogRun(1, { entities: Number(process.env.MIDGARD_TEST_ENTITIES ?? 1_000) });
  let loop: Loop;

  beforeAll(async () => {
    const config = { midgard: { publisher: { mode, redact: REDACT, schedule } } };
    loop = await Loop.deploy({ valkyrie: { database }, backstage: { database, config, environment: WITH_FIXTURES } });
  }, 120_000);
  afterAll(() => loop?.drop());

  it.each(run.waves.map(({ name }, index) => [name, index] as const))(
    'are known to Valkyrie as they are in the catalog after the wave: %s',
    async (_, index) => {
      const { backstage, valkyrie } = loop;
      const { catalog, mutations } = run.waves[index]!;
      for (const mutation of mutations) await mutate(backstage, mutation);
      await untilTakenIn(backstage, catalog);
      await untilEqual(backstage, valkyrie);
    },
    480_000,
  );

  if (mode !== 'triggers') return;
  it('were told of by exactly the right events in order', async () => {
    const { faults, doubles } = judge(await readCatalogTopics(loop.topics), run);
    expect(faults).toEqual([]);
    // Nothing was killed, so nothing had to be sent twice.
    expect(doubles).toBe(0);
  });
});
