import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { server } from './servers';

/** The names that one deployment uses on the shared Kafka, and no other. */
export interface Topics {
  /** What all of them begin with, without a dot. */
  prefix: string;
  /** The news of tasks. */
  tasks: string;
  /** What the topics of the catalog begin with; a dot and the kind follow. */
  catalog: string;
  /** The consumer group of Backstage. */
  group: string;
  /** Where Backstage parks what it can't process. */
  parked: string;
  /** Where Kafka is. */
  brokers: string;
}

/** Names of their own. */
export function ownTopics(brokers = server('VALKYRIE_TEST_KAFKA_BROKERS')): Topics {
  const id = randomUUID().slice(0, 8);
  const [prefix, group] = [`loop-${id}`, `backstage-${id}`];
  const tasks = `${prefix}.scaffold-task`;
  return { prefix, tasks, catalog: `${prefix}.catalog`, group, parked: `${tasks}.${group}.dead-letter`, brokers };
}

/** A client that keeps quiet. */
export function kafkaOf({ brokers }: Pick<Topics, 'brokers'>): Kafka {
  return new Kafka({ clientId: 'loop', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
}

/** Removes a deployment's topics. */
export async function dropTopics(topics: Topics): Promise<void> {
  const admin = kafkaOf(topics).admin();
  await admin.connect();
  try {
    const own = (await admin.listTopics()).filter(name => name.startsWith(`${topics.prefix}.`));
    if (own.length > 0) await admin.deleteTopics({ topics: own });
  } finally {
    await admin.disconnect();
  }
}
