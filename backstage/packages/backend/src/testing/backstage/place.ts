import { join } from 'node:path';
import { Knex } from 'knex';
import {
  connectPostgres,
  connectSqlite,
  DatabaseKind,
  dropFolder,
  dropPostgres,
  ownFolder,
  ownPrefix,
} from '../databases';
import { server } from '../servers';

/** Where a deployment's data is. */
export interface Place {
  environment: Record<string, string>;
  /** The database of a plugin. */
  connect(plugin: string): Knex;
  remove(): Promise<void>;
}

/** A new place, where nothing is yet. */
export async function newPlace(kind: DatabaseKind): Promise<Place> {
  if (kind === 'sqlite') {
    const folder = await ownFolder();
    const environment = { SQLITE_DIRECTORY: folder };
    const connect = (plugin: string) => connectSqlite(join(folder, `${plugin}.sqlite`));
    return { environment, connect, remove: () => dropFolder(folder) };
  }
  const url = new URL(server('VALKYRIE_TEST_POSTGRES_URL'));
  const prefix = ownPrefix();
  const environment = {
    POSTGRES_HOST: url.hostname,
    POSTGRES_PORT: url.port,
    POSTGRES_USER: decodeURIComponent(url.username),
    POSTGRES_PASSWORD: decodeURIComponent(url.password),
    POSTGRES_PREFIX: prefix,
  };
  const connect = (plugin: string) => connectPostgres(`${prefix}${plugin}`);
  return { environment, connect, remove: () => dropPostgres(prefix) };
}
