import { Admin, CompressionTypes, Kafka, Partitioners, Producer } from 'kafkajs';
import { WireRecord } from '../envelope';
import { problemOf, SendError } from './sendError';

/** A record and its key. */
export interface KeyedRecord extends WireRecord {
  key: string;
}

/** Writes to Kafka: returns when all replicas have it. */
export interface Sender {
  /** @throws SendError */
  send(topic: string, records: KeyedRecord[]): Promise<void>;
  /** Throws if Kafka does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Retries of kafkajs itself; the pump tries again after them, for ever. */
const RETRY = { retries: 2, initialRetryTime: 200, maxRetryTime: 1_000 };

interface Connection {
  admin: Admin;
  producer: Producer;
  /** Topics that are known to be there. */
  topics: Set<string>;
}

/** The sender over kafkajs. Connects when it is first needed, and again after Kafka was away. */
export class KafkaSender implements Sender {
  #connection: Connection | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly options: { createTopics: boolean; compression: 'none' | 'gzip' },
  ) {}

  async send(topic: string, records: KeyedRecord[]): Promise<void> {
    try {
      const connection = await this.#connect();
      if (!connection.topics.has(topic)) await this.#ensure(connection, topic);
      await this.#produce(connection, topic, records);
    } catch (error) {
      const failure = error instanceof SendError ? error : new SendError(problemOf(error), topic, error);
      if (failure.problem === 'away') await this.close();
      throw failure;
    }
  }

  async check(): Promise<void> {
    try {
      await (await this.#connect()).admin.describeCluster();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection) await Promise.allSettled([connection.producer.disconnect(), connection.admin.disconnect()]);
  }

  async #connect(): Promise<Connection> {
    if (this.#connection) return this.#connection;
    const producer = this.kafka.producer({
      allowAutoTopicCreation: false,
      // As Java's client does it, and every other producer of these topics.
      createPartitioner: Partitioners.DefaultPartitioner,
      maxInFlightRequests: 1,
      retry: RETRY,
    });
    const admin = this.kafka.admin({ retry: RETRY });
    try {
      await Promise.all([producer.connect(), admin.connect()]);
    } catch (error) {
      await Promise.allSettled([producer.disconnect(), admin.disconnect()]);
      throw error;
    }
    this.#connection = { admin, producer, topics: new Set() };
    return this.#connection;
  }

  async #produce({ producer }: Connection, topic: string, messages: KeyedRecord[]): Promise<void> {
    const compression = this.options.compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None;
    try {
      await producer.send({ topic, acks: -1, compression, messages });
    } catch (error) {
      // A topic that went away stands in the way of all others: kafkajs asks for all that it ever wrote to at once.
      if (problemOf(error) === 'topic') await this.close();
      throw error;
    }
  }

  async #ensure({ admin, topics }: Connection, topic: string): Promise<void> {
    for (const known of await admin.listTopics()) topics.add(known);
    if (topics.has(topic)) return;
    if (!this.options.createTopics) {
      throw new SendError('topic', topic, new Error('there is no such topic, and midgard.publisher.createTopics is false'));
    }
    await admin.createTopics({ topics: [{ topic }], waitForLeaders: true });
    topics.add(topic);
  }
}
