import { JsonObject } from '@backstage/types';
import { BACKSTAGE, tokenUrl } from '../keycloak';
import { Topics } from '../topics';

/** What an operator calls the APIs with. */
export const TOKEN = 'a-static-token-of-the-tests';

/** Whom a Backstage has to know. */
export interface Peers {
  topics: Topics;
  /** Where Valkyrie's API is. */
  valkyrieUrl: string;
}

/** The configuration of a deployment: what every test needs, and what this one lays over it. */
export function settings(peers: Peers, above: JsonObject): JsonObject {
  return merge(base(peers), above);
}

/** What every deployment of the tests needs: names of its own, and a catalog that does not wait. */
function base({ topics, valkyrieUrl }: Peers): JsonObject {
  const oidc = { tokenUrl: tokenUrl(), ...BACKSTAGE };
  return {
    catalog: { stitchingStrategy: { pollingInterval: { milliseconds: 100 } } },
    midgard: {
      kafka: { brokers: topics.brokers.split(',') },
      providers: {
        valkyrie: {
          topic: topics.tasks,
          eventTypePrefix: 'midgard.scaffold-task',
          groupId: topics.group,
          // What a killed Backstage held is free soon.
          sessionTimeout: { seconds: 6 },
          valkyrie: { baseUrl: valkyrieUrl, oidc },
        },
      },
      publisher: { mode: 'triggers', topicPrefix: topics.catalog },
    },
  };
}

function merge(below: JsonObject, above: JsonObject): JsonObject {
  const merged = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = merged[key];
    if (value === null) delete merged[key];
    else merged[key] = isObject(under) && isObject(value) ? merge(under, value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
