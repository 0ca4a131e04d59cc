import { randomUUID } from 'node:crypto';
import { Admin } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../testing/eventually';
import { testKafka } from '../../testing/topics';
import { hasGap } from './reach';

describe('hasGap', () => {
  const kafka = testKafka();
  let admin: Admin;
  let topic: string;
  let groupId: string;

  beforeAll(async () => {
    admin = kafka.admin();
    await admin.connect();
  });
  beforeEach(async () => {
    topic = `test-${randomUUID().slice(0, 8)}`;
    groupId = `reader-${topic}`;
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
    await write(5);
  });
  afterEach(() => admin.deleteTopics({ topics: [topic] }));
  afterAll(() => admin.disconnect());

  async function write(records: number) {
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic, messages: Array(records).fill({ partition: 0, value: 'x' }) });
    await producer.disconnect();
  }

  const commit = (offset: string) => admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset }] });
  const drop = (offset: string) => admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] });
  const found = () => hasGap(kafka, topic, groupId);

  it('finds none while the topic has what comes next, be it the beginning or nothing yet', async () => {
    for (const offset of ['0', '3', '5']) {
      await commit(offset);
      expect(await found()).toBe(false);
    }
    await drop('5');
    expect(await found()).toBe(false);
  });

  it('finds one when what comes next is gone', async () => {
    await commit('3');
    await drop('4');
    expect(await found()).toBe(true);
  });

  it('finds one when nothing is committed, as after the topic was made anew', async () => {
    expect(await found()).toBe(true);
    await commit('3');
    await admin.deleteTopics({ topics: [topic] });
    await eventually(async () => {
      await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
    });
    await eventually(async () => expect(await found()).toBe(true));
  });

  it('finds none when there are more partitions than before', async () => {
    await commit('3');
    await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
    await eventually(async () => expect(await admin.fetchTopicOffsets(topic)).toHaveLength(3));
    expect(await found()).toBe(false);
  });
});
