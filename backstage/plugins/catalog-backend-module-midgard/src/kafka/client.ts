import { Config, readDurationFromConfig } from '@backstage/config';
import { LoggerService } from '@backstage/backend-plugin-api';
import { durationToMilliseconds } from '@backstage/types';
import { InputError } from '@backstage/errors';
import { Kafka, KafkaConfig, SASLOptions, logLevel } from 'kafkajs';

/**
 * Reads `midgard.kafka`, which both directions share.
 *
 * @throws InputError if a broker is missing or the SASL mechanism is none that kafkajs speaks
 */
export function readKafkaConfig(config: Config): KafkaConfig {
  const brokers = config.getStringArray('brokers').map(broker => broker.trim());
  if (brokers.length === 0 || brokers.some(broker => broker === '')) {
    throw new InputError('midgard.kafka.brokers must name at least one broker as host:port, and no empty one');
  }
  const sasl = config.getOptionalConfig('sasl');
  const ssl = readSsl(config);
  return {
    clientId: config.getOptionalString('clientId') ?? 'backstage',
    brokers,
    connectionTimeout: readMilliseconds(config, 'connectionTimeout') ?? 3_000,
    requestTimeout: readMilliseconds(config, 'requestTimeout') ?? 30_000,
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl ? { sasl: readSasl(sasl) } : {}),
  };
}

/**
 * The client of kafkajs, whose log lines go to Backstage's log. It gives up soon and without jitter: who uses it tries
 * again, and shows that it does.
 */
export function createKafka(config: KafkaConfig, logger: LoggerService): Kafka {
  return new Kafka({
    retry: { initialRetryTime: 250, factor: 0, multiplier: 2, maxRetryTime: 2_000, retries: 4 },
    ...config,
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ log: { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...details } }) =>
        logger.debug(`kafka: ${message}`, JSON.parse(JSON.stringify(details))),
  });
}

function readSsl(config: Config): KafkaConfig['ssl'] {
  const ssl = config.getOptional('ssl');
  if (ssl === undefined || typeof ssl === 'boolean') return ssl;
  const options = config.getConfig('ssl');
  const given = {
    ca: options.getOptionalString('ca'),
    cert: options.getOptionalString('cert'),
    key: options.getOptionalString('key'),
    passphrase: options.getOptionalString('passphrase'),
    servername: options.getOptionalString('servername'),
    rejectUnauthorized: options.getOptionalBoolean('rejectUnauthorized'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function readSasl(config: Config): SASLOptions {
  const mechanism = config.getString('mechanism');
  switch (mechanism) {
    case 'plain':
    case 'scram-sha-256':
    case 'scram-sha-512':
      return {
        mechanism,
        username: config.getString('username'),
        password: config.getString('password'),
      } as SASLOptions;
    default:
      throw new InputError(
        `midgard.kafka.sasl.mechanism is '${mechanism}', and must be plain, scram-sha-256 or scram-sha-512`,
      );
  }
}

function readMilliseconds(config: Config, key: string): number | undefined {
  return config.has(key) ? durationToMilliseconds(readDurationFromConfig(config, { key })) : undefined;
}
