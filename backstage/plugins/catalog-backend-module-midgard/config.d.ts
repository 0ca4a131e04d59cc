import { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';
import { HumanDuration } from '@backstage/types';

export interface Config {
  midgard?: {
    /** The Kafka that both directions use. */
    kafka: {
      /** `host:port` of one or more brokers. */
      brokers: string[];
      /** How the brokers' logs name this client. Default `backstage`. */
      clientId?: string;
      /** How long to wait for a connection. Default 3 seconds. */
      connectionTimeout?: HumanDuration | string;
      /** How long to wait for an answer. Default 30 seconds. */
      requestTimeout?: HumanDuration | string;
      /** `true` for TLS with the system's authorities, or its options. */
      ssl?:
        | boolean
        | {
            /** Authorities in PEM. */
            ca?: string;
            /** The client's certificate in PEM. */
            cert?: string;
            /**
             * The client's key in PEM.
             * @visibility secret
             */
            key?: string;
            /** @visibility secret */
            passphrase?: string;
            servername?: string;
            /** Default `true`. */
            rejectUnauthorized?: boolean;
          };
      sasl?: {
        mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
        username: string;
        /** @visibility secret */
        password: string;
      };
    };

    /** The remote Valkyries whose services stand in this catalog, by an id of your choice that never changes. */
    providers?: {
      [id: string]: {
        /** The topic with the news of tasks. Default `midgard.scaffold-task`. */
        topic?: string;
        /** What the types of its events begin with. Default: the topic. */
        eventTypePrefix?: string;
        /** The consumer group, without dots. Default `backstage-midgard`; two providers need two groups. */
        groupId?: string;
        /** Where to ask for all tasks, to reconcile. */
        valkyrie: {
          /** The public URL of Valkyrie's API. Never changes, for the entities' annotations begin with it. */
          baseUrl: string;
          /**
           * A bearer token that does not expire, with `scaffold-tasks:read` and `scaffold-tasks:admin`.
           * @visibility secret
           */
          token?: string;
          /** Or a client that gets its tokens by client credentials. */
          oidc?: {
            /** The token endpoint. */
            tokenUrl: string;
            clientId: string;
            /** @visibility secret */
            clientSecret: string;
            scope?: string;
          };
          /** How long one page may take. Default 30 seconds. */
          timeout?: HumanDuration | string;
        };
        /** What may come in. Anything else is refused: a topic is a trust boundary. */
        allow?: {
          /** Default Component, API, System and Resource. */
          kinds?: string[];
          /** Default `default`. */
          namespaces?: string[];
        };
        /** Entities larger than this are refused, in bytes of JSON. Default 1 MiB. */
        maxEntityBytes?: number;
        /**
         * So long may a consumer be silent before its partitions are given to another: it decides how soon a Backstage that
         * was killed is replaced. Default 30 seconds.
         */
        sessionTimeout?: HumanDuration | string;
        /** When to reconcile in full. Default once an hour. */
        schedule?: SchedulerServiceTaskScheduleDefinitionConfig;
      };
    };
  };
}
