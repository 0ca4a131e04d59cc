import { LoggerService } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import { Triggers } from './capture';
import { OUTBOX, RECHECK } from './tables';

/**
 * Takes the triggers out of the catalog's database when nobody publishes any more. What waits is forgotten as well: when
 * the publisher is on again, it compares everything.
 */
export async function standDown(knex: Knex, logger: LoggerService): Promise<void> {
  await new Triggers(knex).remove();
  for (const table of [OUTBOX, RECHECK]) {
    if (await knex.schema.hasTable(table)) await knex(table).delete();
  }
  logger.info('midgard publishes nothing: midgard.publisher.mode is off');
}
