import { Kafka } from 'kafkajs';

/**
 * Whether news may have been lost to this group: what it would read next is gone, or it has committed nothing at all. A
 * broker forgets what was committed when the topic is made anew, and nobody knows what the old one held.
 */
export async function hasGap(kafka: Kafka, topic: string, groupId: string): Promise<boolean> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const next = new Map(committed?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
    const bounds = await admin.fetchTopicOffsets(topic);
    const places = bounds.map(bound => ({ ...bound, offset: next.get(bound.partition) ?? -1n }));
    if (places.every(({ offset }) => offset < 0n)) return true;
    return places.some(({ offset, low, high }) => {
      // A partition that was added later is read from its beginning.
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
