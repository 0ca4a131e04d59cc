import { randomUUID } from 'node:crypto';
import { KafkaMessage, Partitioners } from 'kafkajs';
import { kafkaOf, Topics } from './topics';

/** A record as it lies on a topic, whatever it is. */
export interface RawRecord {
  key: string | undefined;
  value: string | undefined;
  headers: Record<string, string>;
  /** The value, if it is JSON. */
  json: ReturnType<typeof JSON.parse>;
}

/** Everything that a topic holds now, in order per partition; nothing if there is no such topic. */
export async function readRecords(topics: Topics, topic: string): Promise<RawRecord[]> {
  const missing = await ends(topics, topic);
  const records: RawRecord[] = [];
  if (missing.size === 0) return records;
  const consumer = kafkaOf(topics).consumer({ groupId: `reader-${randomUUID()}`, maxWaitTimeInMs: 20 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      setTimeout(() => reject(new Error(`${topic} could not be read to its end`)), 30_000).unref();
      const eachMessage = async ({ partition, message }: { partition: number; message: KafkaMessage }) => {
        records.push(raw(message));
        if (BigInt(message.offset) + 1n >= (missing.get(partition) ?? 0n)) missing.delete(partition);
        if (missing.size === 0) resolve();
      };
      consumer.run({ autoCommit: false, eachMessage }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return records;
}

/** Where dead letters stood, on a topic with one partition. */
export function offsetsOf(deadLetters: RawRecord[]): (string | undefined)[] {
  return deadLetters.map(({ headers }) => headers['dead-letter-offset']);
}

/** Makes a topic as the broker makes them. */
export async function makeTopic(topics: Topics, topic: string): Promise<void> {
  const admin = kafkaOf(topics).admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic }], waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}

/** Writes records as anybody could who may write to the topic. */
export async function writeRecords(
  topics: Topics,
  topic: string,
  ...messages: { key: string | null; value: string | Buffer | null; headers?: Record<string, string> }[]
): Promise<void> {
  const producer = kafkaOf(topics).producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic, acks: -1, messages });
  await producer.disconnect();
}

/** Where each partition ends that has records. */
async function ends(topics: Topics, topic: string): Promise<Map<number, bigint>> {
  const admin = kafkaOf(topics).admin();
  await admin.connect();
  try {
    if (!(await admin.listTopics()).includes(topic)) return new Map();
    const offsets = await admin.fetchTopicOffsets(topic);
    const some = offsets.filter(({ low, high }) => BigInt(high) > BigInt(low));
    return new Map(some.map(({ partition, high }) => [partition, BigInt(high)]));
  } finally {
    await admin.disconnect();
  }
}

function raw({ key, value, headers }: KafkaMessage): RawRecord {
  const texts = Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]);
  const record = { key: key?.toString(), value: value?.toString(), headers: Object.fromEntries(texts) };
  try {
    return { ...record, json: JSON.parse(record.value ?? '') };
  } catch {
    return { ...record, json: undefined };
  }
}
