import { Knex } from 'knex';
import { PUBLISHED, RECHECK } from '../tables';

/**
 * Has everything compared: what the catalog has with what was published. Only names are written down here; the pump reads
 * each entity when its turn comes, so this never holds up the catalog, and what is equal makes no event.
 */
export async function compareAll(knex: Knex, excludedKinds: string[]): Promise<void> {
  const kind = knex.client.config.client === 'pg' ? `split_part(entity_ref, ':', 1)` : `substr(entity_ref, 1, instr(entity_ref, ':') - 1)`;
  const present = knex('final_entities').select('entity_ref', knex.raw(`${kind} as kind`)).whereNotNull('final_entity');
  const everything = present.union(knex(PUBLISHED).select('entity_ref', 'kind')).as('everything');
  await knex.transaction(async trx => {
    // What waits already is about to be compared anyway.
    await trx(RECHECK).delete().whereNotIn('kind', excludedKinds);
    await trx
      .into(trx.raw('?? (??, ??, ??)', [RECHECK, 'entity_ref', 'kind', 'occurred_at']))
      .insert(
        trx
          .select('entity_ref', 'kind', trx.raw(`${Date.now()}`))
          .from(everything)
          .whereNotIn('kind', excludedKinds),
      );
  });
}
