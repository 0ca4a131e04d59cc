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

    /** Every entity that is created, updated or deleted becomes an event on the topic of its kind. */
    publisher?: {
      /**
       * How changes are noticed. `reconcile` (default): the catalog is listed on a schedule, through its public API, and
       * compared. `triggers`: row triggers in the catalog's own database, so that each change is an event, within a second.
       * `off`: not at all; triggers that are there are removed.
       */
      mode?: 'reconcile' | 'triggers' | 'off';
      /** What the names of topics begin with; a dot and the kind follow. Default `backstage.catalog`. */
      topicPrefix?: string;
      /** The `source` of the events. Default `/backstage/catalog`. */
      source?: string;
      kinds?: {
        /** Kinds that are not published. Default User and Group. */
        exclude?: string[];
      };
      /**
       * Fields that nobody else may see, as JSON pointers (`/metadata/annotations/example.com~1secret`) in which `*` stands
       * for every field or item. With them goes `metadata.etag` of the entities that have one. Default none.
       */
      redact?: string[];
      /** Mode `reconcile`: when to list and compare. Default every 30 seconds. */
      schedule?: SchedulerServiceTaskScheduleDefinitionConfig;
      /** Mode `triggers`: when to compare everything, in case something was missed. Default once an hour. */
      verifySchedule?: SchedulerServiceTaskScheduleDefinitionConfig;
      /** How often to look for changes that wait. Default 200 milliseconds. */
      pollInterval?: HumanDuration | string;
      /** Make the topic of a new kind, with the broker's defaults, when it is missing. Default true. */
      createTopics?: boolean;
      /** Default none. */
      compression?: 'none' | 'gzip';
      /**
       * Events that are larger, in bytes of JSON, lose their `previous`; if that is not enough, they are parked in the table
       * midgard_catalog_rejected. Default 1000000.
       */
      maxEventBytes?: number;
    };
  };
}
