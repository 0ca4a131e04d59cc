import { randomUUID } from 'node:crypto';
import type { Entity } from '@backstage/catalog-model';
import type { KafkaMessage } from 'kafkajs';
import { kafkaOf, Topics } from '../topics';

/** A catalog event as a reader sees it, who knows only the contract. */
export interface SeenEvent {
  topic: string;
  key: string;
  id: string;
  type: string;
  subject: string;
  entityRef: string;
  entity: Entity | null;
  previous: Entity | null;
}

/** So long may it take to read what is there. */
const DEADLINE_MILLISECONDS = 60_000;

/** How many records the catalog's topics hold, with those of readers that parked something. */
export async function countCatalogRecords(topics: Topics): Promise<number> {
  const ends = await endOffsets(topics);
  return [...ends.values()].reduce((sum, end) => sum + Number(end), 0);
}

/** All that the catalog's topics hold, in order per partition: also what readers have parked, which is no event. */
export async function readCatalogTopics(topics: Topics): Promise<SeenEvent[]> {
  const left = await endOffsets(topics);
  const seen: SeenEvent[] = [];
  if (left.size === 0) return seen;
  const consumer = kafkaOf(topics).consumer({ groupId: `reader-${randomUUID()}`, maxWaitTimeInMs: 50 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...new Set([...left.keys()].map(place => place.split('/')[0]!))], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const late = () => reject(new Error(`no more came from ${[...left.keys()]}`));
      setTimeout(late, DEADLINE_MILLISECONDS).unref();
      const eachMessage = async ({ topic, partition, message }: { topic: string; partition: number; message: KafkaMessage }) => {
        seen.push(read(topic, message));
        const place = `${topic}/${partition}`;
        if (BigInt(message.offset) + 1n >= (left.get(place) ?? 0n)) left.delete(place);
        if (left.size === 0) resolve();
      };
      consumer.run({ eachMessage: given => eachMessage(given).catch(reject) as Promise<void> }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return seen;
}

function read(topic: string, { key, value, headers }: KafkaMessage): SeenEvent {
  const contentType = String(headers?.['content-type']);
  if (!contentType.startsWith('application/cloudevents+json')) {
    throw new Error(`${topic} has a record of content type ${contentType}: ${value?.toString().slice(0, 500)}`);
  }
  const { id, type, subject, specversion, data } = JSON.parse(String(value));
  if (specversion !== '1.0') throw new Error(`${topic} has an event of specversion ${specversion}`);
  return { topic, key: String(key), id, type, subject, ...data };
}

/** Behind the last record of each partition that has some, by `topic/partition`. */
async function endOffsets(topics: Topics): Promise<Map<string, bigint>> {
  const admin = kafkaOf(topics).admin();
  await admin.connect();
  try {
    const ends = new Map<string, bigint>();
    const names = (await admin.listTopics()).filter(name => name.startsWith(`${topics.catalog}.`));
    for (const name of names) {
      for (const { partition, high } of await admin.fetchTopicOffsets(name)) {
        if (BigInt(high) > 0n) ends.set(`${name}/${partition}`, BigInt(high));
      }
    }
    return ends;
  } finally {
    await admin.disconnect();
  }
}
