import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { OUTBOX, PUBLISHED, RECHECK, REJECTED, STATE } from '../tables';
import { Dialect, installStatements, removeStatements } from './sql';

/** Everything that mode `triggers` adds to the catalog's database, to be reviewed. */
export function printInstall(dialect: Dialect): string {
  const directory = resolvePackagePath('backstage-plugin-catalog-backend-module-midgard', 'migrations', 'publisher');
  const tables = readdirSync(directory)
    .sort()
    .flatMap(file => (require(join(directory, file)) as { sql(client: string): string[] }).sql(dialect));
  return script([
    ['The tables, made when the publisher first starts', tables],
    ['The triggers, made when it starts in mode triggers', installStatements(dialect)],
  ]);
}

/** What takes it all away again. The triggers alone go when the publisher starts in another mode. */
export function printRemove(dialect: Dialect): string {
  const history = ['midgard_publisher_migrations', 'midgard_publisher_migrations_lock'];
  const tables = [OUTBOX, RECHECK, PUBLISHED, REJECTED, STATE, ...history];
  return script([
    ['The triggers', removeStatements(dialect)],
    ['The tables', tables.map(table => `DROP TABLE IF EXISTS ${table}`)],
  ]);
}

function script(parts: Array<[string, string[]]>): string {
  return parts.map(([title, statements]) => `-- ${title}\n${statements.map(text => `${text}\n;\n`).join('')}`).join('\n');
}
