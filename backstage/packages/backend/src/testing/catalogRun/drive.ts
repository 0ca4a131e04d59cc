import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { Backstage } from '../backstage';
import { expectStatus } from '../http';
import { until } from '../until';
import { Valkyrie } from '../valkyrie';
import { differences, lagging } from './compare';
import { Mutation } from './run';

/** Reading a thousand entities takes Backstage's time away from making them. */
const MAKING_MILLISECONDS = 1_500;
const PAUSE_MILLISECONDS = 300;
/** What lags so long was in the hands of somebody who was killed: the catalog itself would come back to it after minutes. */
const LATE_MILLISECONDS = 4_000;

/** The variables with which a Backstage lets tests write to its catalog. */
export const WITH_FIXTURES = { MIDGARD_TEST_FIXTURES: 'true' };

/** Gives a change to the catalog, until it has taken it. */
export async function mutate(backstage: Backstage, mutation: Mutation, milliseconds = 120_000): Promise<void> {
  const give = async () => {
    expectStatus(await backstage.ask('/api/catalog/fixtures', { method: 'POST', json: mutation }), 204);
    return true;
  };
  await until('a catalog that takes a change', give, milliseconds, PAUSE_MILLISECONDS);
}

/** What the catalog shows, by reference. */
export async function catalogOf(backstage: Backstage): Promise<Map<string, Entity>> {
  return byReference(await backstage.entities());
}

/** What Valkyrie knows of the catalog, by reference. */
export async function readModelOf(valkyrie: Valkyrie): Promise<Map<string, Entity>> {
  return byReference(await valkyrie.entities());
}

/** Waits until the catalog shows what it was given. */
export async function untilTakenIn(backstage: Backstage, wanted: Map<string, Entity>, milliseconds = 300_000): Promise<void> {
  let late = Date.now() + LATE_MILLISECONDS;
  let before = Infinity;
  const look = async () => {
    const catalog = await catalogOf(backstage);
    const missing = lagging(catalog, wanted);
    if (missing.length === 0) return true;
    if (missing.length < before) late = Date.now() + LATE_MILLISECONDS;
    before = missing.length;
    if (Date.now() > late) {
      await refresh(backstage, missing);
      late = Date.now() + LATE_MILLISECONDS;
    }
    const example = JSON.stringify(catalog.get(missing[0]!) ?? 'which is missing').slice(0, 500);
    throw new Error(`${missing.length} entities are not as they should be, such as ${missing[0]}: ${example}`);
  };
  await until('a catalog that shows what it was given', look, milliseconds, MAKING_MILLISECONDS);
}

/** Waits until Valkyrie knows what the catalog shows, field by field. */
export async function untilEqual(backstage: Backstage, valkyrie: Valkyrie, milliseconds = 120_000): Promise<void> {
  const compare = async () => {
    const found = differences(await catalogOf(backstage), await readModelOf(valkyrie));
    if (found.length === 0) return true;
    throw new Error(`${found.length} differences, such as\n${found.slice(0, 5).join('\n')}`);
  };
  await until('a read model that equals the catalog', compare, milliseconds, PAUSE_MILLISECONDS);
}

/** As the button of a person who can't wait. */
async function refresh(backstage: Backstage, refs: string[]): Promise<void> {
  for (const entityRef of refs.slice(0, 50)) {
    await backstage.ask('/api/catalog/refresh', { method: 'POST', json: { entityRef } });
  }
}

function byReference(entities: Entity[]): Map<string, Entity> {
  return new Map(entities.map(entity => [stringifyEntityRef(entity), entity]));
}
