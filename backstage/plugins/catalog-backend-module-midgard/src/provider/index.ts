import { Environment } from '../environment';
import { readProviders } from './config';

/** Adds one entity provider for each remote Valkyrie in `midgard.providers`. */
export async function addProviders({ config, logger }: Environment): Promise<void> {
  for (const provider of readProviders(config)) {
    logger.info(`midgard provider '${provider.id}' follows ${provider.topic}`);
  }
}
