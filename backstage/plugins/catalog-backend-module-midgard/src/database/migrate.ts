import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';

const PACKAGE = 'backstage-plugin-catalog-backend-module-midgard';
const PATIENCE_MILLISECONDS = 60_000;

/**
 * Brings this module's own tables in the catalog's database up to date. Each direction has a history of its own, so that
 * one that is off leaves nothing behind. Replicas that start together wait for the one that migrates.
 */
export async function migrate(knex: Knex, direction: 'provider' | 'publisher'): Promise<void> {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    try {
      await knex.migrate.latest({
        directory: resolvePackagePath(PACKAGE, 'migrations', direction),
        tableName: `midgard_${direction}_migrations`,
      });
      return;
    } catch (error) {
      if (!isRace(error) || Date.now() > deadline) throw error;
      await new Promise(resolve => setTimeout(resolve, 250));
    }
  }
}

/** Another replica migrates right now: it holds the lock, or was first to make the history's own tables. */
function isRace(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: string };
  return error.name === 'MigrationLocked' || code === '23505' || code === '42P07';
}
