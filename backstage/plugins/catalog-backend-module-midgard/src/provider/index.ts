import { Environment } from '../environment';
import { createKafka, readKafkaConfig } from '../kafka';
import { readProviders } from './config';
import { MidgardEntityProvider } from './provider';

/** Adds one entity provider for each remote Valkyrie in `midgard.providers`. */
export async function addProviders(environment: Environment): Promise<void> {
  const { config, lifecycle, logger } = environment;
  const providers = readProviders(config);
  if (providers.length === 0) return;
  const kafka = createKafka(readKafkaConfig(config.getConfig('midgard.kafka')), logger);
  for (const settings of providers) {
    const provider = new MidgardEntityProvider(settings, kafka, environment);
    environment.addEntityProvider(provider);
    lifecycle.addShutdownHook(() => provider.stop());
  }
}
