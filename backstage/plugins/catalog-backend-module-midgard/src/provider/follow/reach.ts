import { Kafka } from 'kafkajs';

/**
 * Whether news may have been lost to this group: it never committed and the topic has dropped its beginning, or what it
 * would read next is gone, or the topic was made anew.
 */
export async function hasGap(kafka: Kafka, topic: string, groupId: string): Promise<boolean> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const next = new Map(committed?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
    const bounds = await admin.fetchTopicOffsets(topic);
    return bounds.some(({ partition, low, high }) => {
      const offset = next.get(partition) ?? -1n;
      return offset < 0n ? BigInt(low) > 0n : offset < BigInt(low) || offset > BigInt(high);
    });
  } finally {
    await admin.disconnect();
  }
}

/** Makes a topic as the broker makes them, if there is none. */
export async function makeTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    if ((await admin.listTopics()).includes(topic)) return;
    await admin.createTopics({ topics: [{ topic }] });
  } finally {
    await admin.disconnect();
  }
}
