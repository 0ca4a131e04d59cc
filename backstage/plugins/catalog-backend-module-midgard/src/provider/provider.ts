import { EntityProvider, EntityProviderConnection } from '@backstage/plugin-catalog-node';
import { Kafka } from 'kafkajs';
import { Knex } from 'knex';
import { Environment } from '../environment';
import { migrate } from '../database';
import { Applier } from './applier';
import { ProviderConfig } from './config';
import { Follower, RecordReader } from './follow';
import { Exclusive, Ledger } from './ledger';
import { Lookout } from './lookout';
import { Reconciler } from './reconcile';
import { Tokens, ValkyrieClient } from './valkyrie';

/** How often a replica looks whether another one has reconciled. */
const LOOK_MILLISECONDS = 5_000;

/** Brings the services of one remote Valkyrie into the catalog. */
export class MidgardEntityProvider implements EntityProvider {
  readonly #name: string;
  #follower: Follower | undefined;
  #lookout: Lookout | undefined;
  #looking: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: ProviderConfig,
    private readonly kafka: Kafka,
    private readonly environment: Environment,
  ) {
    // Both the name and the location key of all entities. The catalog removes what belongs to a name that it misses.
    this.#name = `midgard:${config.id}`;
  }

  getProviderName(): string {
    return this.#name;
  }

  /** Starts, and returns when the own tables stand. Kafka and Valkyrie may be away. */
  async connect(connection: EntityProviderConnection): Promise<void> {
    const knex = await this.environment.database.getClient();
    await migrate(knex, 'provider');
    const exclusive = new Exclusive(knex, this.#name);
    this.#lookout = new Lookout(this.config.id, this.#name, exclusive, this.environment.logger);
    await this.#lookout.arrive();
    const applier = new Applier({ ...this.config, locationKey: this.#name }, exclusive, connection);
    const reconcile = await this.#scheduleReconciliation(knex, applier);
    await this.#scheduleLookout(this.#lookout, reconcile);
    this.#follower = this.#follow(knex, applier, reconcile);
    this.#follower.start();
  }

  /** Looks a last time what was deleted, and leaves the consumer group. */
  async stop(): Promise<void> {
    clearInterval(this.#looking);
    await this.#lookout?.leave();
    await this.#follower?.stop();
  }

  /** Returns what asks for a reconciliation out of turn. */
  async #scheduleReconciliation(knex: Knex, applier: Applier): Promise<() => void> {
    const { id, baseUrl, credentials, timeoutMilliseconds: limit, schedule } = this.config;
    const { health, logger, scheduler } = this.environment;
    const client = new ValkyrieClient(baseUrl, new Tokens(credentials, limit), limit);
    const part = health.part(`provider:${id}:reconciliation`);
    const reconciler = new Reconciler(id, knex, client, applier, part, logger);
    const task = `midgard-reconcile-${id}`;
    await scheduler.createScheduledTaskRunner(schedule).run({ id: task, fn: stop => reconciler.run(stop) });
    const reconcile = () =>
      void scheduler.triggerTask(task).catch(error => logger.debug(`midgard: ${task} runs already: ${error}`));
    const ledger = new Ledger(knex, id);
    let last = (await ledger.lastReconciled())?.getTime();
    if (last !== undefined) part.ok();
    else reconcile();
    // One replica at a time compares, and what it did counts for all of them.
    this.#looking = setInterval(async () => {
      const latest = (await ledger.lastReconciled().catch(() => undefined))?.getTime();
      if (latest !== undefined && latest !== last) part.ok();
      last = latest ?? last;
    }, LOOK_MILLISECONDS).unref();
    return reconcile;
  }

  async #scheduleLookout(lookout: Lookout, reconcile: () => void): Promise<void> {
    const often = { frequency: { seconds: 30 }, timeout: { minutes: 5 }, initialDelay: { seconds: 30 } };
    const fn = async () => {
      if ((await lookout.look()) === 'evicted') reconcile();
    };
    const runner = this.environment.scheduler.createScheduledTaskRunner(often);
    await runner.run({ id: `midgard-lookout-${this.config.id}`, fn });
  }

  #follow(knex: Knex, applier: Applier, reconcile: () => void): Follower {
    const { id, topic, groupId, eventTypePrefix, sessionTimeoutMilliseconds: sessionTimeout } = this.config;
    const { health, logger } = this.environment;
    const reader = new RecordReader(eventTypePrefix, applier, logger);
    const onGap = () => {
      logger.info(`midgard: ${topic} may not reach back to what ${groupId} read last, so all tasks are compared`);
      reconcile();
    };
    return new Follower(
      this.kafka,
      { topic, groupId, sessionTimeout, onGap },
      { knex, reader, health: health.part(`provider:${id}:events`), logger },
    );
  }
}
