import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import createKnex, { Knex } from 'knex';
import { server } from './servers';

/** The databases that everything runs on. */
export const DATABASES = ['postgres', 'sqlite'] as const;

export type DatabaseKind = (typeof DATABASES)[number];

/** A folder that goes with the test. */
export function ownFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'valkyrie-loop-'));
}

export function dropFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}

/** A name that no other database of the server begins with. */
export function ownPrefix(): string {
  return `loop_${randomUUID().slice(0, 8)}_`;
}

/** Makes an empty database on the real Postgres; returns its URL. */
export async function createPostgres(name: string): Promise<string> {
  await administrate(admin => admin.raw('CREATE DATABASE ??', [name]));
  return urlOf(name);
}

export function connectPostgres(name: string): Knex {
  return createKnex({ client: 'pg', connection: urlOf(name), pool: { min: 0, max: 2 } });
}

export function connectSqlite(filename: string): Knex {
  return createKnex({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true });
}

function urlOf(name: string): string {
  const url = new URL(server('VALKYRIE_TEST_POSTGRES_URL'));
  url.pathname = `/${name}`;
  return url.toString();
}

/** Removes all databases whose names begin so. */
export async function dropPostgres(prefix: string): Promise<void> {
  await administrate(async admin => {
    const rows = await admin('pg_database').whereRaw('starts_with(datname, ?)', [prefix]).select('datname');
    for (const { datname } of rows) await admin.raw('DROP DATABASE ?? WITH (FORCE)', [datname]);
  });
}

async function administrate(work: (admin: Knex) => Promise<unknown>): Promise<void> {
  const connection = server('VALKYRIE_TEST_POSTGRES_URL');
  const admin = createKnex({ client: 'pg', connection, pool: { min: 0, max: 1 } });
  try {
    await work(admin);
  } finally {
    await admin.destroy();
  }
}
