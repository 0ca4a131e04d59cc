import { randomUUID } from 'node:crypto';
import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import { CatalogService, catalogServiceRef, EntityProviderConnection } from '@backstage/plugin-catalog-node';
import { JsonObject } from '@backstage/types';
import createKnex, { Knex } from 'knex';
import { catalogProcessing } from '../catalog';
import { migrate } from '../database';

/** The real catalog, with two providers that a test speaks for. */
export interface RealCatalog {
  knex: Knex;
  ours: EntityProviderConnection;
  theirs: EntityProviderConnection;
  /** The names of all components and systems, when they are these at last. */
  settlesTo(names: string[]): Promise<void>;
  entity(ref: string): Promise<Entity | undefined>;
  /** As a person does it in Backstage. */
  deleteByHand(ref: string): Promise<void>;
  /** Empties the catalog and the module's tables. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** The databases to test with: SQLite, and Postgres where there is one. */
export const ENGINES: Array<[string, () => JsonObject]> = [
  ['SQLite', () => ({ client: 'better-sqlite3', connection: ':memory:' })],
];
const postgres = process.env.VALKYRIE_TEST_POSTGRES_URL;
if (postgres) {
  const { hostname: host, port, username: user } = new URL(postgres);
  const prefix = () => `midgard_test_${randomUUID().slice(0, 8)}_`;
  ENGINES.push(['Postgres', () => ({ client: 'pg', connection: { host, port: Number(port), user }, prefix: prefix() })]);
}

/** Starts a catalog on an empty database. */
export async function startCatalog(database: JsonObject): Promise<RealCatalog> {
  const got: { knex?: Knex; catalog?: CatalogService; connections: EntityProviderConnection[] } = { connections: [] };
  const provider = (name: string) => ({
    getProviderName: () => name,
    connect: async (connection: EntityProviderConnection) => {
      got.connections.push(connection);
    },
  });
  const capture = createBackendModule({
    pluginId: 'catalog',
    moduleId: 'capture',
    register(registration) {
      registration.registerInit({
        deps: { database: coreServices.database, processing: catalogProcessing, catalog: catalogServiceRef },
        async init({ database: service, processing, catalog }) {
          got.knex = await service.getClient();
          got.catalog = catalog;
          processing.addEntityProvider(provider('midgard:test'), provider('theirs'));
        },
      });
    },
  });
  const config = mockServices.rootConfig.factory({
    data: {
      backend: { database },
      catalog: { stitchingStrategy: { pollingInterval: { milliseconds: 50 } } },
    },
  });
  const backend = await startTestBackend({ features: [catalogPlugin, capture, config] });
  const { knex, catalog } = got as Required<typeof got>;
  const [ours, theirs] = got.connections as [EntityProviderConnection, EntityProviderConnection];
  await migrate(knex, 'provider');
  const credentials = mockCredentials.service();
  const names = async () => {
    const { items } = await catalog.getEntities({ filter: { kind: ['Component', 'System'] } }, { credentials });
    return items.map(({ metadata }) => metadata.name).sort();
  };
  const entity = (ref: string) => catalog.getEntityByRef(ref, { credentials });
  return {
    knex,
    ours,
    theirs,
    entity,
    settlesTo: async wanted => {
      const deadline = Date.now() + 15_000;
      let found = await names();
      while (JSON.stringify(found) !== JSON.stringify([...wanted].sort())) {
        if (Date.now() > deadline) throw new Error(`the catalog has ${found}, and should have ${wanted}`);
        await new Promise(resolve => setTimeout(resolve, 50));
        found = await names();
      }
    },
    deleteByHand: async ref => {
      const found = await entity(ref);
      if (!found?.metadata.uid) throw new Error(`there is no ${ref} to delete`);
      await catalog.removeEntityByUid(found.metadata.uid, { credentials });
    },
    clear: async () => {
      for (const connection of [ours, theirs]) await connection.applyMutation({ type: 'full', entities: [] });
      for (const table of ['midgard_contributions', 'midgard_tasks', 'midgard_providers']) await knex(table).delete();
    },
    stop: async () => {
      await backend.stop();
      await dropDatabases(database);
    },
  };
}

/** Backstage makes a database for each plugin, and leaves it. */
async function dropDatabases({ client, connection, prefix }: JsonObject): Promise<void> {
  if (client !== 'pg') return;
  const server = { ...(connection as JsonObject), database: 'postgres' };
  const admin = createKnex({ client, connection: server, pool: { min: 0, max: 1 } });
  try {
    const names = admin('pg_database').whereRaw('starts_with(datname, ?)', [String(prefix)]).pluck('datname');
    for (const name of await names) await admin.raw('DROP DATABASE ?? WITH (FORCE)', [name]);
  } finally {
    await admin.destroy();
  }
}
