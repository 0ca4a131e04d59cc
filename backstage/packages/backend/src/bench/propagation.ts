import type { Entity } from '@backstage/catalog-model';
import { mutate, Random, WITH_FIXTURES } from '../testing/catalogRun';
import { Loop } from '../testing/loop';
import { until } from '../testing/until';
import { Figure, figure, note, quantile } from './figure';

const SAMPLES = 60;
const ALLOWED_MILLISECONDS = 1_000;
/** How often is asked whether a change is there: so much is added to what is measured, at most. */
const POLL_MILLISECONDS = 5;
/** At most so long between two changes, so that they come at any moment of the loops that poll. */
const LONGEST_PAUSE_MILLISECONDS = 1_000;

/**
 * How long a change takes from Backstage to Valkyrie's read model, with the default settings of Backstage, on Postgres: one
 * change at a time, in a catalog with nothing else to do.
 */
export async function measurePropagation(): Promise<Figure[]> {
  const loop = await Loop.deploy({
    valkyrie: { database: 'postgres' },
    // Stitching at its default, which tests shorten.
    backstage: { database: 'postgres', environment: WITH_FIXTURES, config: { catalog: { stitchingStrategy: null } } },
  });
  try {
    const random = new Random(1);
    const measured = { behindCatalog: [] as number[], inAll: [] as number[], catalogAlone: [] as number[] };
    await change(loop, 0);
    for (let sample = 1; sample <= SAMPLES; sample += 1) {
      await new Promise(resolve => setTimeout(resolve, random.between(0, LONGEST_PAUSE_MILLISECONDS)));
      const { requested, inCatalog, inReadModel } = await change(loop, sample);
      measured.behindCatalog.push(inReadModel - inCatalog);
      measured.inAll.push(inReadModel - requested);
      measured.catalogAlone.push(inCatalog - requested);
      if (sample % 10 === 0) note(`propagation: ${sample} of ${SAMPLES} changes`);
    }
    return [0.5, 0.99].flatMap(share => {
      const [behind, all, alone] = [measured.behindCatalog, measured.inAll, measured.catalogAlone].map(of => quantile(of, share));
      const name = (since: string) => `${since} to read model, triggers, Postgres, p${share * 100}`;
      return [
        figure(name('final entity in the catalog'), behind!, 'ms', ALLOWED_MILLISECONDS),
        // Most of it is Backstage's own: it looks once a second for what to process, and once a second for what to stitch.
        figure(name("provider's change"), all!, 'ms', alone!, 'until the catalog shows it'),
      ];
    });
  } finally {
    await loop.drop();
  }
}

async function change({ backstage, valkyrie }: Loop, version: number) {
  const requested = performance.now();
  await mutate(backstage, { added: [component(version)], removed: [] });
  const seen = (of: { entity(kind: string, name: string): Promise<Entity | undefined> }) => firstSeen(of, String(version));
  const [catalog, readModel] = await Promise.all([seen(backstage), seen(valkyrie)]);
  // When the catalog did not show it for the last time: the change was later, and took less time than is counted.
  return { requested, inCatalog: catalog.before, inReadModel: readModel.after };
}

/** When a version was first there, and the last moment before it at which it was not. */
async function firstSeen(of: { entity(kind: string, name: string): Promise<Entity | undefined> }, version: string) {
  let before = performance.now();
  const look = async () => {
    const asked = performance.now();
    const entity = await of.entity('component', 'measured');
    if (entity?.metadata.annotations?.['fixtures.example/version'] === version) return performance.now();
    before = asked;
    return undefined;
  };
  const after = await until(`version ${version}`, look, 60_000, POLL_MILLISECONDS);
  return { before, after };
}

function component(version: number): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'measured', annotations: { 'fixtures.example/version': String(version) } },
    spec: { type: 'service', lifecycle: 'production', owner: 'group:elsewhere/team' },
  };
}
