import { LoggerService } from '@backstage/backend-plugin-api';
import { CompressionTypes, KafkaJSProtocolError, KafkaMessage, Message, Producer } from 'kafkajs';
import { Knex } from 'knex';
import { HealthPart } from '../../health';
import { Backoff } from '../backoff';
import { deadLetter, deadLetterTopic, Place, Verdict } from './deadLetter';
import { Patience } from './patience';
import { RecordReader } from './reader';

/** The longest wait between two tries, in milliseconds: well below the patience of the group. */
const LONGEST_WAIT = 2_000;

/** What it takes to be done with a record. */
export interface Tools {
  knex: Knex;
  reader: Pick<RecordReader, 'read'>;
  producer: Pick<Producer, 'send'>;
  health: HealthPart;
  logger: LoggerService;
}

/** Whether to go on, and what to do between two tries. */
export interface Course {
  goesOn(): boolean;
  /** Throws when the partition is not ours any more. */
  heartbeat(): Promise<void>;
  stop: AbortSignal;
}

/** Tries until a record is applied or parked durably; `false` if it was told to stop before. */
export async function settle(tools: Tools, place: Place, record: KafkaMessage, course: Course): Promise<boolean> {
  const patience = new Patience(tools.knex);
  const where = `${place.topic}/${place.partition}@${record.offset}`;
  const verdict = await persist(tools, where, course, async () => {
    try {
      const refusal = await tools.reader.read(record);
      return refusal ? { ...refusal, attempts: patience.attempts + 1 } : 'applied';
    } catch (error) {
      if (!(await patience.isExhausted(error))) throw error;
      const detail = error instanceof Error ? error.message : String(error);
      return { reason: 'exhausted' as const, detail, attempts: patience.attempts };
    }
  });
  if (verdict === undefined) return false;
  if (verdict === 'applied') return true;
  return (await persist(tools, where, course, () => park(tools, place, record, verdict))) === 'parked';
}

/** Tries until it goes well; `undefined` if it was told to stop before. */
async function persist<T>(
  { health, logger }: Tools,
  where: string,
  { goesOn, heartbeat, stop }: Course,
  attempt: () => Promise<T>,
): Promise<T | undefined> {
  const backoff = new Backoff(100, LONGEST_WAIT);
  while (goesOn()) {
    try {
      const result = await attempt();
      health.ok();
      return result;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      health.failing(`${where}: ${detail}`);
      logger.warn(`midgard: ${where} could not be done with, and is tried again: ${detail}`);
    }
    await backoff.wait(stop);
    if (goesOn()) await heartbeat();
  }
  return undefined;
}

async function park({ producer, logger }: Tools, place: Place, record: KafkaMessage, verdict: Verdict) {
  const topic = deadLetterTopic(place);
  const where = `${place.topic}/${place.partition}@${record.offset}`;
  // The reason makes the record larger than it was, and where it was it may just have fitted.
  const send = (message: Message) =>
    producer.send({ topic, acks: -1, compression: CompressionTypes.GZIP, messages: [message] });
  try {
    await send(deadLetter(place, record, verdict, new Date()));
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    const lost = `${verdict.detail} (its value of ${record.value?.length} bytes is larger than ${topic} takes)`;
    await send(deadLetter(place, { ...record, value: null }, { ...verdict, detail: lost }, new Date()));
  }
  logger.warn(`midgard: ${where} is parked on ${topic} as ${verdict.reason}: ${verdict.detail}`);
  return 'parked' as const;
}

function isTooLarge(error: unknown): boolean {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof KafkaJSProtocolError && cause.type === 'MESSAGE_TOO_LARGE';
}
