import { Entity } from '@backstage/catalog-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Backstage } from './testing/backstage';
import { mutate, readCatalogTopics, WITH_FIXTURES } from './testing/catalogRun';
import { DATABASES } from './testing/databases';
import { dropTopics, ownTopics } from './testing/topics';
import { until } from './testing/until';

/** What says that the module reconciles although it should not have to. */
const FELL_BACK = /mode is triggers, but the schema is unknown .*of_a_later_release.* reconciles instead/;
/** The names of the triggers, as each database keeps them. */
const TRIGGERS = {
  postgres: `SELECT tgname AS name FROM pg_trigger WHERE tgrelid = 'final_entities'::regclass AND NOT tgisinternal`,
  sqlite: `SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'final_entities'`,
};

describe.each(DATABASES)('a catalog whose tables a later release has changed, on %s', database => {
  const topics = ownTopics();
  let backstage: Backstage;

  beforeAll(async () => {
    const schedule = { frequency: { seconds: 1 }, timeout: { seconds: 30 } };
    const config = { midgard: { publisher: { mode: 'triggers', schedule } } };
    // This is about the way out only: there is no Valkyrie.
    const valkyrieUrl = 'http://127.0.0.1:1';
    backstage = await Backstage.deploy({ database, topics, valkyrieUrl, config, environment: WITH_FIXTURES });
  }, 120_000);
  afterAll(async () => {
    await backstage?.drop();
    await dropTopics(topics);
  });

  async function query(statement: string) {
    const knex = backstage.connectCatalog();
    try {
      const result = await knex.raw(statement);
      return (database === 'postgres' ? result.rows : result) as { name: string }[];
    } finally {
      await knex.destroy();
    }
  }

  async function triggers(): Promise<string[]> {
    return (await query(TRIGGERS[database])).map(({ name }) => name).filter(name => name.startsWith('midgard_'));
  }

  /** As migrations of the catalog do it. */
  async function migrate(change: string) {
    expect(await backstage.stop()).toBe(0);
    await query(`ALTER TABLE final_entities ${change}`);
    await backstage.start();
  }

  /** Waits until the topics say this of the entities, from first to last, and nothing else. */
  async function untilTold(wanted: Record<string, string[]>) {
    const look = async () => {
      const told: Record<string, string[]> = {};
      for (const { entityRef, type, entity } of await readCatalogTopics(topics)) {
        (told[entityRef] ??= []).push([type.split('.')[3], entity?.spec?.lifecycle].filter(Boolean).join(' '));
      }
      expect(told).toEqual(wanted);
      return true;
    };
    await until('events', look, 60_000, 500);
  }

  it('is reconciled, which the module says, and has its triggers again when it is known again', async () => {
    const [a, b] = ['component:default/a', 'component:default/b'] as const;
    await mutate(backstage, { added: [component('a', 'one'), component('b', 'one')], removed: [] });
    await untilTold({ [a]: ['created one'], [b]: ['created one'] });
    expect((await triggers()).length).toBeGreaterThan(0);

    await migrate('ADD COLUMN of_a_later_release text');
    const { parts } = await backstage.untilHealth('failing', 'publisher:catalog');
    expect(parts['publisher:catalog']!.detail).toMatch(FELL_BACK);
    expect(backstage.output).toMatch(FELL_BACK);
    await mutate(backstage, { added: [component('a', 'two')], removed: [b] });
    await untilTold({ [a]: ['created one', 'updated two'], [b]: ['created one', 'deleted'] });
    expect(await triggers()).toEqual([]);
    await backstage.untilHealth('ok', 'publisher');

    await migrate('DROP COLUMN of_a_later_release');
    await backstage.untilHealth('ok', 'publisher:catalog');
    expect((await triggers()).length).toBeGreaterThan(0);
    await mutate(backstage, { added: [component('a', 'three')], removed: [] });
    await untilTold({ [a]: ['created one', 'updated two', 'updated three'], [b]: ['created one', 'deleted'] });
  }, 240_000);
});

function component(name: string, lifecycle: string): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, namespace: 'default' },
    spec: { type: 'service', lifecycle, owner: 'guests' },
  };
}
