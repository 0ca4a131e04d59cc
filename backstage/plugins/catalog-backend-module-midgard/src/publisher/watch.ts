import { Knex } from 'knex';
import { Environment } from '../environment';
import { HealthPart } from '../health';
import { checkSchema, compareAll, Triggers, UnknownSchemaError } from './capture';
import { ChangeDetector } from './change';
import { PublisherConfig, PublisherMode } from './config';
import { OvertakenError, Reconciler } from './reconcile';
import { STATE } from './tables';

const RETRY_MILLISECONDS = 5_000;

/** What watching the catalog takes. */
export interface Watching {
  environment: Environment;
  config: PublisherConfig;
  knex: Knex;
  detector: ChangeDetector;
  /** Tells the pump that there is something to do. */
  wake(): void;
}

/** Learns of changes in the configured mode. Starts after the catalog has made its tables. */
export function watchCatalog(watching: Watching): { start(): void; stop(): void } {
  const stopped = new AbortController();
  const health = watching.environment.health.part('publisher:catalog');
  return {
    start: () => void start(watching, health, stopped.signal),
    stop: () => stopped.abort(),
  };
}

/** Tries until it succeeds: a lock or a database that is away is no reason to publish nothing from then on. */
async function start(watching: Watching, health: HealthPart, stopped: AbortSignal): Promise<void> {
  const { logger } = watching.environment;
  while (!stopped.aborted) {
    try {
      const mode = await settleMode(watching, health);
      if (mode === 'triggers') await followTriggers(watching, health, stopped);
      else await followListings(watching, health, mode !== watching.config.mode, stopped);
      return;
    } catch (error) {
      logger.warn(`midgard can't watch the catalog yet, and tries again: ${error}`);
      health.failing(`can't watch the catalog: ${error}`);
      await new Promise(resolve => setTimeout(resolve, RETRY_MILLISECONDS));
    }
  }
}

/** The mode that is possible. Whatever it is, triggers are there only if they are used. */
async function settleMode({ config, knex, environment }: Watching, health: HealthPart): Promise<PublisherMode> {
  const triggers = new Triggers(knex);
  if (config.mode === 'triggers') {
    try {
      await checkSchema(knex);
      const made = await triggers.install(trx => catchUp(trx, config.excludedKinds));
      // What may be published can have changed since the last start.
      if (!made) await compareAll(knex, config.excludedKinds);
      return 'triggers';
    } catch (error) {
      if (!(error instanceof UnknownSchemaError)) throw error;
      const detail = `midgard.publisher.mode is triggers, but the schema is unknown (${error.message}): it reconciles instead`;
      environment.logger.error(detail);
      health.failing(detail);
    }
  }
  await triggers.remove();
  return 'reconcile';
}

/** What was missed before there were triggers. A listing that is under way must not write down what it saw before them. */
async function catchUp(trx: Knex, excludedKinds: string[]): Promise<void> {
  await trx(STATE).where({ name: 'reconcile' }).update({ value: '' });
  await compareAll(trx, excludedKinds);
}

/** Compares everything on a schedule, and mends the triggers if somebody took them away. */
async function followTriggers(watching: Watching, health: HealthPart, stopped: AbortSignal): Promise<void> {
  const { config, environment, knex, wake } = watching;
  health.ok();
  wake();
  await environment.scheduler.scheduleTask({
    ...config.verifySchedule,
    id: 'midgard-publisher-verify',
    scope: 'global',
    signal: stopped,
    fn: async () => {
      try {
        const missing = await new Triggers(knex).install(trx => catchUp(trx, config.excludedKinds));
        if (missing) environment.logger.warn('midgard made triggers anew that had gone missing');
        else await compareAll(knex, config.excludedKinds);
        health.ok();
      } catch (error) {
        health.failing(`the regular comparison failed: ${error}`);
        throw error;
      }
      wake();
    },
  });
}

/** Lists the catalog on a schedule. */
async function followListings(
  { config, detector, environment, knex, wake }: Watching,
  health: HealthPart,
  fallback: boolean,
  stopped: AbortSignal,
): Promise<void> {
  const { auth, catalog, logger, scheduler } = environment;
  const reconciler = new Reconciler(knex, catalog, auth, detector, config.excludedKinds);
  await scheduler.scheduleTask({
    ...config.schedule,
    id: 'midgard-publisher-reconcile',
    scope: 'global',
    signal: stopped,
    fn: async signal => {
      try {
        const findings = await reconciler.run(signal);
        logger.debug('midgard compared the catalog with what was published', { ...findings });
        if (!fallback) health.ok();
      } catch (error) {
        if (error instanceof OvertakenError) return;
        if (!fallback) health.failing(`the catalog can't be compared: ${error}`);
        throw error;
      } finally {
        wake();
      }
    },
  });
}
