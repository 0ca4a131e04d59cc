import {
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
  SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import { Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import { Redaction } from './redaction';

const MODES = ['reconcile', 'triggers', 'off'] as const;
const COMPRESSIONS = ['none', 'gzip'] as const;

/** How the publisher learns of changes; `off`: not at all. */
export type PublisherMode = (typeof MODES)[number];

/** `midgard.publisher`, with its defaults. */
export interface PublisherConfig {
  mode: PublisherMode;
  /** What the names of topics begin with, without the dot before the kind. */
  topicPrefix: string;
  /** The `source` of the events. */
  source: string;
  /** In lower case. */
  excludedKinds: string[];
  redaction: Redaction;
  /** When the catalog is listed and compared, in mode `reconcile`. */
  schedule: SchedulerServiceTaskScheduleDefinition;
  /** When everything is compared, in mode `triggers`. */
  verifySchedule: SchedulerServiceTaskScheduleDefinition;
  pollMilliseconds: number;
  createTopics: boolean;
  compression: (typeof COMPRESSIONS)[number];
  /** Larger events lose their `previous`, and are parked if that is not enough. */
  maxEventBytes: number;
}

/**
 * Reads `midgard.publisher`. Without that section the publisher runs in mode `reconcile`.
 *
 * @throws InputError for a mode, compression, size, name or pointer that can't be
 */
export function readPublisherConfig(root: Config): PublisherConfig {
  const config = root.getOptionalConfig('midgard.publisher');
  const topicPrefix = config?.getOptionalString('topicPrefix') ?? 'backstage.catalog';
  if (!/^[A-Za-z0-9._-]{1,180}$/.test(topicPrefix) || topicPrefix.endsWith('.')) {
    throw new InputError(
      `midgard.publisher.topicPrefix is '${topicPrefix}', and must be letters, digits, '.', '_' and '-', with no dot at its end`,
    );
  }
  const maxEventBytes = config?.getOptionalNumber('maxEventBytes') ?? 1_000_000;
  if (!Number.isInteger(maxEventBytes) || maxEventBytes < 10_000) {
    throw new InputError(`midgard.publisher.maxEventBytes is ${maxEventBytes}, and must be a whole number from 10000`);
  }
  const excluded = config?.getOptionalStringArray('kinds.exclude') ?? ['User', 'Group'];
  return {
    mode: choice(config, 'mode', MODES),
    topicPrefix,
    source: config?.getOptionalString('source') ?? '/backstage/catalog',
    excludedKinds: excluded.map(kind => kind.toLowerCase()),
    redaction: new Redaction(config?.getOptionalStringArray('redact') ?? []),
    schedule: schedule(config, 'schedule', { frequency: { seconds: 30 }, timeout: { minutes: 10 } }),
    verifySchedule: schedule(config, 'verifySchedule', { frequency: { hours: 1 }, timeout: { minutes: 10 } }),
    pollMilliseconds: config?.has('pollInterval')
      ? durationToMilliseconds(readDurationFromConfig(config, { key: 'pollInterval' }))
      : 200,
    createTopics: config?.getOptionalBoolean('createTopics') ?? true,
    compression: choice(config, 'compression', COMPRESSIONS),
    maxEventBytes,
  };
}

/** One of the choices; the first, if nothing is said. */
function choice<const T extends readonly string[]>(config: Config | undefined, key: string, choices: T): T[number] {
  const value = config?.getOptionalString(key) ?? choices[0]!;
  if (choices.includes(value)) return value;
  throw new InputError(`midgard.publisher.${key} is '${value}', and must be one of ${choices.join(', ')}`);
}

function schedule(config: Config | undefined, key: string, standard: SchedulerServiceTaskScheduleDefinition) {
  const given = config?.getOptionalConfig(key);
  return given ? readSchedulerServiceTaskScheduleDefinitionFromConfig(given) : standard;
}
