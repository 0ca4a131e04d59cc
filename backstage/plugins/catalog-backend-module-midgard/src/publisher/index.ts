import { Environment } from '../environment';
import { migrate } from '../database';
import { createKafka, readKafkaConfig } from '../kafka';
import { readProviders } from '../provider/config';
import { ChangeDetector } from './change';
import { readPublisherConfig } from './config';
import { Delivery } from './delivery';
import { EventWriter } from './event';
import { pumpLock } from './lock';
import { PumpLoop } from './loop';
import { Planner } from './plan';
import { Pump } from './pump';
import { KafkaSender } from './sender';
import { standDown } from './standDown';
import { STATE } from './tables';
import { watchCatalog } from './watch';

/**
 * Starts the catalog change publisher, if it is not off: every entity that is created, updated or deleted becomes an event
 * on the topic of its kind.
 */
export async function startPublisher(environment: Environment): Promise<void> {
  const { health, lifecycle, logger } = environment;
  const config = readPublisherConfig(environment.config);
  const knex = await environment.database.getClient();
  if (config.mode === 'off') {
    lifecycle.addStartupHook(() => standDown(knex, logger));
    return;
  }
  await migrate(knex, 'publisher');
  const detector = new ChangeDetector(config.redaction);
  const writer = new EventWriter(config, readProviders(environment.config)[0]?.baseUrl);
  const kafka = createKafka(readKafkaConfig(environment.config.getConfig('midgard.kafka')), logger);
  const sender = new KafkaSender(kafka, config);
  const { value: instance } = await knex(STATE).where({ name: 'instance' }).first();
  const pump = new Pump(
    knex,
    pumpLock(knex),
    new Planner(detector, writer, config.excludedKinds, instance),
    new Delivery(sender, writer, config.maxEventBytes),
  );
  const loop = new PumpLoop(pump, sender, health.part('publisher'), logger, config.pollMilliseconds);
  const watching = watchCatalog({ environment, config, knex, detector, wake: () => loop.wake() });
  lifecycle.addStartupHook(() => {
    loop.start();
    watching.start();
  });
  lifecycle.addShutdownHook(async () => {
    watching.stop();
    await loop.stop();
  });
}
