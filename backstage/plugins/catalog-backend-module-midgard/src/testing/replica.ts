import { LifecycleService, LifecycleServiceShutdownHook, LifecycleServiceStartupHook } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { JsonObject } from '@backstage/types';
import { Knex } from 'knex';
import { HealthBoard } from '../health';
import { startPublisher } from '../publisher';
import { server } from './servers';

/** A publisher as one replica of Backstage runs it. */
export interface Replica {
  health: HealthBoard;
  /** Runs a scheduled task now. */
  trigger(task: 'verify' | 'reconcile'): Promise<void>;
  stop(): Promise<void>;
}

/** How to start it. */
export interface ReplicaOptions {
  knex: Knex;
  /** `midgard.publisher`. */
  publisher: JsonObject;
  brokers?: string;
  catalog?: CatalogService;
}

/** Starts a publisher on a catalog's database, with real Kafka and no Backstage around it. */
export async function startReplica({ knex, publisher, brokers, catalog }: ReplicaOptions): Promise<Replica> {
  const lifecycle = new Lifecycle();
  const health = new HealthBoard();
  const scheduler = mockServices.scheduler();
  const kafka = { brokers: (brokers ?? server('VALKYRIE_TEST_KAFKA_BROKERS')).split(','), requestTimeout: '2s' };
  await startPublisher({
    auth: mockServices.auth(),
    catalog: catalog as CatalogService,
    config: mockServices.rootConfig({ data: { midgard: { kafka, publisher: { pollInterval: '20ms', ...publisher } } } }),
    database: { getClient: async () => knex },
    health,
    lifecycle,
    logger: mockServices.rootLogger({ level: process.env.MIDGARD_TEST_LOG ? 'debug' : 'none' }),
    scheduler,
    addEntityProvider: () => undefined,
  });
  await lifecycle.startup();
  return {
    health,
    trigger: task => scheduler.triggerTask(`midgard-publisher-${task}`),
    stop: () => lifecycle.shutdown(),
  };
}

class Lifecycle implements LifecycleService {
  readonly #startup: LifecycleServiceStartupHook[] = [];
  readonly #shutdown: LifecycleServiceShutdownHook[] = [];

  addStartupHook(hook: LifecycleServiceStartupHook) {
    this.#startup.push(hook);
  }

  addShutdownHook(hook: LifecycleServiceShutdownHook) {
    this.#shutdown.push(hook);
  }

  async startup() {
    for (const hook of this.#startup) await hook();
  }

  async shutdown() {
    for (const hook of this.#shutdown) await hook();
  }
}
