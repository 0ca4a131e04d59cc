import { Backstage } from '../testing/backstage';
import { countCatalogRecords, mutate, WITH_FIXTURES } from '../testing/catalogRun';
import { DatabaseKind } from '../testing/databases';
import { expectStatus } from '../testing/http';
import { dropTopics, ownTopics } from '../testing/topics';
import { until } from '../testing/until';
import { Valkyrie } from '../testing/valkyrie';
import { entitiesOf } from './entities';
import { Figure, figure, note } from './figure';

const ENTITIES = Number(process.env.MIDGARD_BENCH_ENTITIES ?? 10_000);
const ALLOWED_SECONDS = 60;
const REQUEST = 500;
const LOADING_MILLISECONDS = 1_200_000;
const POLL_MILLISECONDS = 200;

/**
 * How long it takes until all that existed before is told, when a publisher first starts: from the start of the process of
 * Backstage, so the five or so seconds that it needs by itself are in it.
 */
export async function measureSnapshot(mode: 'triggers' | 'reconcile', database: DatabaseKind): Promise<Figure[]> {
  const topics = ownTopics();
  const valkyrie = await Valkyrie.deploy({ database, topics });
  const options = { database, topics, valkyrieUrl: valkyrie.url, environment: WITH_FIXTURES };
  const before = await Backstage.deploy({ ...options, config: { midgard: { publisher: { mode: 'off' } } } });
  let backstage: Backstage | undefined;
  try {
    await load(before, `snapshot, ${mode}, ${database}`);
    await before.stop();
    note(`snapshot, ${mode}, ${database}: starts`);
    const started = performance.now();
    backstage = await Backstage.deploy({ ...options, replicaOf: before, config: { midgard: { publisher: { mode } } } });
    const told = async () => (await countCatalogRecords(topics)) >= ENTITIES || undefined;
    await until('all entities on the topics', told, 600_000, POLL_MILLISECONDS);
    const onTopics = (performance.now() - started) / 1000;
    const known = async () => (await valkyrie.entities()).length >= ENTITIES || undefined;
    await until('all entities in the read model', known, 600_000, POLL_MILLISECONDS);
    const inReadModel = (performance.now() - started) / 1000;
    const name = `snapshot of ${ENTITIES} entities, ${mode}, ${database === 'postgres' ? 'Postgres' : 'SQLite'}`;
    return [
      figure(`${name}, start of Backstage to topics`, onTopics, 's', ALLOWED_SECONDS),
      figure(`${name}, start of Backstage to read model`, inReadModel, 's', ALLOWED_SECONDS),
    ];
  } finally {
    await backstage?.drop();
    await before.drop();
    await valkyrie.drop();
    await dropTopics(topics);
  }
}

/** Brings entities in, and waits until the catalog has made final ones of all. */
async function load(backstage: Backstage, name: string): Promise<void> {
  const entities = entitiesOf(ENTITIES);
  for (let start = 0; start < ENTITIES; start += REQUEST) {
    await mutate(backstage, { added: entities.slice(start, start + REQUEST), removed: [] });
  }
  let noted = 0;
  const all = async () => {
    const answer = await backstage.ask<{ totalItems: number }>('/api/catalog/entities/by-query?limit=1&fields=kind');
    const { totalItems } = expectStatus(answer, 200);
    if (totalItems >= noted + ENTITIES / 10) note(`${name}: the catalog has ${(noted = totalItems)} of ${ENTITIES} entities`);
    return totalItems >= ENTITIES || undefined;
  };
  await until('entities in the catalog', all, LOADING_MILLISECONDS, 1_000);
}
