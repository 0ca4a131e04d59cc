import * as postgres from './postgres';
import * as sqlite from './sqlite';

/** A database that triggers are known for. */
export type Dialect = 'pg' | 'sqlite';

/** Which dialect a client of knex speaks; undefined: one that the publisher does not know. */
export function dialectOf(client: string): Dialect | undefined {
  if (client === 'pg') return 'pg';
  return client === 'better-sqlite3' || client === 'sqlite3' ? 'sqlite' : undefined;
}

/** The statements that make the triggers. */
export function installStatements(dialect: Dialect): string[] {
  return dialect === 'pg' ? postgres.INSTALL : sqlite.INSTALL;
}

/** The statements that remove the triggers; they may run twice. */
export function removeStatements(dialect: Dialect): string[] {
  return dialect === 'pg' ? postgres.REMOVE : sqlite.REMOVE;
}
