import { JsonObject } from '@backstage/types';
import { CloudEvent, WireRecord, encode } from '../envelope';
import { Change } from './change';
import { PublisherConfig } from './config';
import { eventId } from './eventId';
import { kindOf } from './tables';

/** Which task of Valkyrie made an entity: the conversation that its events belong to. */
const TASK_ANNOTATION = 'valkyrie.dev/task-id';

/** What is to be said of one change. */
export interface CatalogEvent {
  entityRef: string;
  kind: string;
  topic: string;
  type: string;
  /** When the change was noticed, in milliseconds since 1970. */
  occurredAt: number;
  /** What tells this event from all others, and is the same when it is sent again. */
  identity: string[];
  change: Change;
}

/** Makes records of changes. */
export class EventWriter {
  constructor(
    private readonly config: Pick<PublisherConfig, 'topicPrefix' | 'source'>,
    /** Where the schemas of events are, if a Valkyrie is configured. */
    private readonly schemaBaseUrl: string | undefined,
  ) {}

  /** The event of a change. */
  describe(entityRef: string, change: Change, occurredAt: number, identity: string[]): CatalogEvent {
    const kind = kindOf(entityRef);
    return {
      entityRef,
      kind,
      topic: this.topicOf(kind),
      type: `backstage.catalog.entity.${change.type}.v1`,
      occurredAt,
      identity: [...identity, change.entity?.fingerprint ?? ''],
      change,
    };
  }

  /** Where events of a kind go. */
  topicOf(kind: string): string {
    return `${this.config.topicPrefix}.${kind}`;
  }

  /** The record of an event; `previous` may be left out where it would make the record too large. */
  write(event: CatalogEvent, options: { withPrevious: boolean }): WireRecord {
    const { entityRef, type, occurredAt, change } = event;
    const id = eventId(occurredAt, ...event.identity);
    const entity = change.entity?.entity ?? null;
    const previous = options.withPrevious ? change.previous : null;
    const schema = this.schemaBaseUrl;
    const cloudEvent: CloudEvent = {
      id,
      source: this.config.source,
      type,
      subject: entityRef,
      time: new Date(occurredAt).toISOString(),
      datacontenttype: 'application/json',
      ...(schema === undefined ? {} : { dataschema: `${schema}/discovery/v1/schemas/${type}.json` }),
      extensions: {
        correlationid: taskOf(entity ?? change.previous) ?? entityRef,
        causationid: id,
        partitionkey: entityRef,
      },
      data: { entityRef, entity, previous },
    };
    return encode(cloudEvent);
  }
}

function taskOf(entity: JsonObject | null): string | undefined {
  const metadata = entity?.metadata as { annotations?: Record<string, unknown> } | undefined;
  const task = metadata?.annotations?.[TASK_ANNOTATION];
  return typeof task === 'string' && task !== '' ? task : undefined;
}
