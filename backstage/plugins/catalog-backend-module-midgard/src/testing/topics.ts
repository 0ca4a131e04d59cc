import { randomUUID } from 'node:crypto';
import { Entity } from '@backstage/catalog-model';
import { EachMessageHandler, Kafka, logLevel } from 'kafkajs';
import { CloudEvent, decode } from '../envelope';
import { server } from './servers';

/** What a catalog event says. */
export interface CatalogEventData {
  entityRef: string;
  entity: Entity | null;
  previous: Entity | null;
}

/** A record as a consumer sees it. */
export interface SeenEvent {
  topic: string;
  partition: number;
  key: string;
  event: CloudEvent;
  data: CatalogEventData;
  /** Milliseconds since 1970. */
  seenAt: number;
}

/** A client of the real Kafka that keeps quiet. */
export function testKafka(): Kafka {
  return new Kafka({
    clientId: 'test',
    brokers: server('VALKYRIE_TEST_KAFKA_BROKERS').split(','),
    logLevel: logLevel.NOTHING,
  });
}

/** A prefix of topics that no other test uses. */
export function topicPrefix(): string {
  return `test.${randomUUID().slice(0, 8)}`;
}

/** Everything on the topics with a prefix, in order per partition. */
export async function readTopics(prefix: string): Promise<SeenEvent[]> {
  const ends = await endOffsets(prefix);
  const seen: SeenEvent[] = [];
  if (ends.size === 0) return seen;
  await consume([...new Set([...ends.keys()].map(place => place.split('/')[0]!))], (event, offset) => {
    seen.push(event);
    const place = `${event.topic}/${event.partition}`;
    if (offset >= (ends.get(place) ?? 0n)) ends.delete(place);
    return ends.size === 0;
  });
  return seen;
}

/** Reads a topic from its beginning, as it grows, until `done` says so; fails after half a minute. */
export async function consume(topics: string[], done: (event: SeenEvent, offset: bigint) => boolean): Promise<void> {
  const consumer = testKafka().consumer({ groupId: `test-${randomUUID()}`, maxWaitTimeInMs: 10 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      setTimeout(() => reject(new Error(`what should come on ${topics} did not come`)), 30_000).unref();
      const eachMessage: EachMessageHandler = async ({ topic, partition, message }) => {
        const event = decode(message.headers, message.value);
        const data = event.data as unknown as CatalogEventData;
        const key = message.key?.toString() ?? '';
        if (done({ topic, partition, key, event, data, seenAt: Date.now() }, BigInt(message.offset))) resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
}

/** The last offset of each partition that has records, by `topic/partition`. */
async function endOffsets(prefix: string): Promise<Map<string, bigint>> {
  const admin = testKafka().admin();
  await admin.connect();
  const ends = new Map<string, bigint>();
  for (const topic of (await admin.listTopics()).filter(name => name.startsWith(`${prefix}.`))) {
    for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
      if (BigInt(high) > 0n) ends.set(`${topic}/${partition}`, BigInt(high) - 1n);
    }
  }
  await admin.disconnect();
  return ends;
}
