import { Config, readDurationFromConfig } from '@backstage/config';
import {
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
  SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';

/** How to get a token for Valkyrie's API. */
export type Credentials =
  | { type: 'static'; token: string }
  | { type: 'oidc'; tokenUrl: string; clientId: string; clientSecret: string; scope?: string };

/** One remote Valkyrie. */
export interface ProviderConfig {
  id: string;
  topic: string;
  eventTypePrefix: string;
  groupId: string;
  /** Without a slash at its end. */
  baseUrl: string;
  credentials: Credentials;
  timeoutMilliseconds: number;
  /** In lower case. */
  kinds: string[];
  namespaces: string[];
  maxEntityBytes: number;
  /** So long may a consumer be silent before the group gives its partitions to others. */
  sessionTimeoutMilliseconds: number;
  schedule: SchedulerServiceTaskScheduleDefinition;
}

/**
 * Reads `midgard.providers`.
 *
 * @throws InputError for an id, group, address or credentials that can't be
 */
export function readProviders(config: Config): ProviderConfig[] {
  const all = config.getOptionalConfig('midgard.providers');
  const providers = (all?.keys() ?? []).map(id => readProvider(id, all!.getConfig(id)));
  const groups = new Map<string, string>();
  for (const { id, groupId } of providers) {
    const other = groups.get(groupId);
    if (other !== undefined) {
      throw new InputError(
        `midgard.providers.${id}.groupId is '${groupId}', as that of midgard.providers.${other}: each needs its own`,
      );
    }
    groups.set(groupId, id);
  }
  return providers;
}

function readProvider(id: string, config: Config): ProviderConfig {
  const where = `midgard.providers.${id}`;
  const topic = config.getOptionalString('topic') ?? 'midgard.scaffold-task';
  const groupId = config.getOptionalString('groupId') ?? 'backstage-midgard';
  if (!/^[A-Za-z0-9_-]+$/.test(groupId)) {
    throw new InputError(`${where}.groupId is '${groupId}', and must be letters, digits, '-' and '_', without dots`);
  }
  const valkyrie = config.getConfig('valkyrie');
  return {
    id,
    topic,
    eventTypePrefix: config.getOptionalString('eventTypePrefix') ?? topic,
    groupId,
    baseUrl: readUrl(valkyrie, 'baseUrl', where),
    credentials: readCredentials(valkyrie, where),
    timeoutMilliseconds: readMilliseconds(valkyrie, 'timeout') ?? 30_000,
    sessionTimeoutMilliseconds: readMilliseconds(config, 'sessionTimeout') ?? 30_000,
    kinds: (config.getOptionalStringArray('allow.kinds') ?? ['Component', 'API', 'System', 'Resource']).map(kind =>
      kind.toLowerCase(),
    ),
    namespaces: (config.getOptionalStringArray('allow.namespaces') ?? ['default']).map(name => name.toLowerCase()),
    maxEntityBytes: config.getOptionalNumber('maxEntityBytes') ?? 1024 * 1024,
    schedule: config.has('schedule')
      ? readSchedulerServiceTaskScheduleDefinitionFromConfig(config.getConfig('schedule'))
      : { frequency: { hours: 1 }, timeout: { minutes: 30 } },
  };
}

function readCredentials(config: Config, where: string): Credentials {
  const token = config.getOptionalString('token');
  const oidc = config.getOptionalConfig('oidc');
  if ((token === undefined) === (oidc === undefined)) {
    throw new InputError(`${where}.valkyrie needs either token or oidc`);
  }
  if (token !== undefined) {
    // What fetch says of a header that can't be has the header in it.
    if (!/^[\x21-\x7e]+$/.test(token)) {
      throw new InputError(`${where}.valkyrie.token must be one word of printable ASCII`);
    }
    return { type: 'static', token };
  }
  const scope = oidc!.getOptionalString('scope');
  return {
    type: 'oidc',
    tokenUrl: readUrl(oidc!, 'tokenUrl', where),
    clientId: oidc!.getString('clientId'),
    clientSecret: oidc!.getString('clientSecret'),
    ...(scope === undefined ? {} : { scope }),
  };
}

function readUrl(config: Config, key: string, where: string): string {
  const url = config.getString(key);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new InputError(`${where}: ${key} is '${url}', and must be a URL that begins with http:// or https://`);
  }
  const { username, password, search, hash } = new URL(url);
  if (username !== '' || password !== '') {
    throw new InputError(`${where}: ${key} has a name or a password in it, and must have none: it is shown to others`);
  }
  if (search !== '' || hash !== '') throw new InputError(`${where}: ${key} is '${url}', and must end with its path`);
  return url.replace(/\/+$/, '');
}

function readMilliseconds(config: Config, key: string): number | undefined {
  return config.has(key) ? durationToMilliseconds(readDurationFromConfig(config, { key })) : undefined;
}
