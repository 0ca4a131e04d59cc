import { Consumer, Kafka, Partitioners, Producer } from 'kafkajs';
import { Backoff } from '../backoff';
import { workThrough } from './batch';
import { deadLetterTopic } from './deadLetter';
import { hasGap, makeTopic } from './reach';
import { Tools } from './settle';

/** The longest wait between two attempts to reach the brokers, in milliseconds. */
const LONGEST_WAIT = 15_000;

/** What to follow, and how. Times are in milliseconds. */
export interface FollowerOptions {
  topic: string;
  groupId: string;
  /** So long may a member be silent before the group gives its partitions to others. */
  sessionTimeout: number;
  /** News may have been lost. */
  onGap(): void;
}

/** Follows a topic for as long as it is not told to stop, through all outages of the brokers. */
export class Follower {
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly options: FollowerOptions,
    private readonly tools: Omit<Tools, 'producer'>,
  ) {}

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends what is under way and leaves the group. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { health, logger } = this.tools;
    const { topic } = this.options;
    const backoff = new Backoff(250, LONGEST_WAIT);
    while (!this.#stop.signal.aborted) {
      try {
        await this.#follow(() => backoff.reset());
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        const detail = error instanceof Error ? error.message : String(error);
        health.failing(`${topic} can't be followed: ${detail}`);
        logger.warn(`midgard: ${topic} can't be followed, and is tried again: ${detail}`);
        await backoff.wait(this.#stop.signal);
      }
    }
  }

  /** Follows until it fails or is told to stop. */
  async #follow(joined: () => void): Promise<void> {
    const { topic, groupId, sessionTimeout, onGap } = this.options;
    if (await hasGap(this.kafka, topic, groupId)) onGap();
    await this.#prepareParking();
    const producer = this.kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    const consumer = this.kafka.consumer({
      groupId,
      sessionTimeout,
      heartbeatInterval: sessionTimeout / 10,
      allowAutoTopicCreation: false,
      maxWaitTimeInMs: 1_000,
      // What is wrong should be seen in the health, so it is tried again here and not there.
      retry: { restartOnFailure: async () => false },
    });
    try {
      await producer.connect();
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      const ended = this.#ended(consumer, joined);
      await this.#consume(consumer, producer);
      await ended;
    } finally {
      await consumer.disconnect().catch(() => undefined);
      await producer.disconnect().catch(() => undefined);
    }
  }

  async #consume(consumer: Consumer, producer: Producer): Promise<void> {
    const { groupId, sessionTimeout } = this.options;
    const tools = { ...this.tools, producer };
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: payload =>
        workThrough(
          tools,
          groupId,
          payload,
          done => consumer.commitOffsets([done]),
          sessionTimeout / 10,
          this.#stop.signal,
        ),
    });
  }

  /** Ends when told to stop, and throws when the consumer gives up. */
  #ended(consumer: Consumer, joined: () => void): Promise<void> {
    const { health, logger } = this.tools;
    const { topic, groupId } = this.options;
    const { signal } = this.#stop;
    return new Promise((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        joined();
        health.ok();
        const partitions = payload.memberAssignment[topic] ?? [];
        logger.info(`midgard: ${groupId} follows ${topic}, partitions ${partitions.join(', ') || 'none'}`);
      });
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
    });
  }

  /** `valkyrie topics apply` makes this topic as it should be. Where nobody ran it, one as the broker makes them is better than none. */
  async #prepareParking(): Promise<void> {
    const { topic, groupId } = this.options;
    const parking = deadLetterTopic({ topic, group: groupId });
    try {
      await makeTopic(this.kafka, parking);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.tools.logger.warn(`midgard: ${parking} could not be looked for or made: ${detail}`);
    }
  }
}
