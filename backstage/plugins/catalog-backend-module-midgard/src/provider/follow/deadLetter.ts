import { IHeaders, KafkaMessage, Message } from 'kafkajs';

/** All headers of a dead letter start so. */
const HEADER_PREFIX = 'dead-letter-';
/** Longer causes are cut, so that a dead letter fits wherever its record did. */
const LONGEST_DETAIL = 2_000;
/** Longer names are none that Kafka takes. */
const LONGEST_TOPIC = 249;

/** Where a record stood. */
export interface Place {
  topic: string;
  partition: number;
  group: string;
}

/** Why a record is parked, in the words that all of Valkyrie uses. */
export interface Verdict {
  /** `undecodable`: no event; `rejected`: never acceptable; `exhausted`: failed too often. */
  reason: 'undecodable' | 'rejected' | 'exhausted';
  /** What was wrong, for people. */
  detail: string;
  /** How often it was tried. */
  attempts: number;
}

/** The topic where a group parks what it can't process. */
export function deadLetterTopic({ topic, group }: Pick<Place, 'topic' | 'group'>): string {
  const name = `${topic}.${group}.dead-letter`;
  return name.length <= LONGEST_TOPIC ? name : `${group}.dead-letter`;
}

/** The record as it was, with the reason beside it: the same headers as Valkyrie's own consumers write. */
export function deadLetter(place: Place, record: KafkaMessage, verdict: Verdict, now: Date): Message {
  const headers: IHeaders = Object.fromEntries(
    Object.entries(record.headers ?? {}).filter(([name]) => !name.startsWith(HEADER_PREFIX)),
  );
  headers['dead-letter-reason'] = verdict.reason;
  headers['dead-letter-detail'] = printable(verdict.detail);
  headers['dead-letter-group'] = place.group;
  headers['dead-letter-topic'] = place.topic;
  headers['dead-letter-partition'] = String(place.partition);
  headers['dead-letter-offset'] = record.offset;
  headers['dead-letter-attempts'] = String(verdict.attempts);
  // Valkyrie's times have microseconds.
  headers['dead-letter-time'] = now.toISOString().replace('Z', '000Z');
  if (!isText(record.key)) headers['dead-letter-key'] = (record.key ?? Buffer.alloc(0)).toString('base64');
  if (record.value === null) headers['dead-letter-no-payload'] = 'true';
  // A record without a value would delete others of its key where the topic is compacted.
  return { key: record.key, value: record.value ?? Buffer.alloc(0), headers };
}

function printable(detail: string): string {
  return Array.from(detail.replace(/[\u0000-\u001f\u007f-\u009f]/g, '')).slice(0, LONGEST_DETAIL).join('');
}

function isText(key: Buffer | null): boolean {
  if (key === null || key.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(key);
    return true;
  } catch {
    return false;
  }
}
