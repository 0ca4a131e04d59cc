import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import createKnex, { Knex } from 'knex';
import { server } from './servers';

/** The databases that everything is tested on. */
export const DATABASES = ['postgres', 'sqlite'] as const;

/** A database of its own for one test. */
export interface TestDatabase {
  /** Connected as Backstage connects. */
  knex: Knex;
  /** Another client of the same database, as a second replica has. */
  another(): Knex;
  /** Closes all clients and removes the database. */
  drop(): Promise<void>;
}

/** An empty database. */
export async function createDatabase(kind: (typeof DATABASES)[number]): Promise<TestDatabase> {
  return kind === 'postgres' ? createPostgres() : createSqlite();
}

/** A database with the catalog's own tables, made by its own migrations. */
export async function createCatalogDatabase(kind: (typeof DATABASES)[number]): Promise<TestDatabase> {
  const database = await createDatabase(kind);
  await database.knex.migrate.latest({ directory: resolvePackagePath('@backstage/plugin-catalog-backend', 'migrations') });
  return database;
}

async function createPostgres(): Promise<TestDatabase> {
  const name = `midgard_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(server('VALKYRIE_TEST_POSTGRES_URL'));
  const admin = createKnex({ client: 'pg', connection: url.toString(), pool: { min: 0, max: 1 } });
  await admin.raw(`CREATE DATABASE ${name}`);
  url.pathname = `/${name}`;
  return database(
    () => createKnex({ client: 'pg', connection: url.toString(), pool: { min: 0, max: 10 } }),
    async () => {
      await admin.raw(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.destroy();
    },
  );
}

async function createSqlite(): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'midgard-'));
  const filename = join(directory, 'catalog.sqlite');
  return database(
    () => createKnex({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true, pool: { min: 1, max: 1 } }),
    () => rm(directory, { recursive: true }),
  );
}

function database(connect: () => Knex, remove: () => Promise<void>): TestDatabase {
  const clients: Knex[] = [];
  const another = () => {
    const client = connect();
    clients.push(client);
    return client;
  };
  return {
    knex: another(),
    another,
    drop: async () => {
      for (const client of clients) await client.destroy();
      await remove();
    },
  };
}
