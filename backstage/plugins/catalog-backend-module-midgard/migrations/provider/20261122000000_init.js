// @ts-check

/**
 * What the providers know of the tasks they heard of, and which task contributed which entity.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('midgard_providers', table => {
    table.comment('The remote Valkyries');
    table.string('provider').primary().comment('The id in midgard.providers');
    table.timestamp('reconciled_at').comment('When all tasks were last compared; never, if null');
  });
  await knex.schema.createTable('midgard_tasks', table => {
    table.comment('The newest news of each task: anything older is ignored');
    table.string('provider').notNullable();
    table.string('task_id').notNullable();
    table.bigInteger('version').notNullable().comment('The version of the task that was last applied');
    table.string('standing').notNullable().comment('completed or removed');
    table.primary(['provider', 'task_id']);
  });
  await knex.schema.createTable('midgard_contributions', table => {
    table.comment('The entities that tasks brought; several tasks may bring the same one');
    table.string('provider').notNullable();
    table.string('entity_ref').notNullable();
    table.string('task_id').notNullable();
    table.string('claimed_at').notNullable().comment('The task with the newest claim has its entity in the catalog');
    table.text('entity', 'longtext').notNullable().comment('The entity as the catalog was given it, in JSON');
    table
      .boolean('deleted')
      .notNullable()
      .defaultTo(false)
      .comment('Somebody deleted it in Backstage: only newer news brings it back');
    table.primary(['provider', 'entity_ref', 'task_id']);
    table.index(['provider', 'task_id'], 'midgard_contributions_task_idx');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('midgard_contributions');
  await knex.schema.dropTable('midgard_tasks');
  await knex.schema.dropTable('midgard_providers');
};
