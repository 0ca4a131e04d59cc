import { describe, expect, it } from 'vitest';
import { KafkaMessage } from 'kafkajs';
import { deadLetter, deadLetterTopic } from './deadLetter';

const place = { topic: 'midgard.scaffold-task', partition: 3, group: 'backstage-midgard' };
const verdict = { reason: 'rejected', detail: 'no\ngood', attempts: 1 } as const;
const now = new Date('2026-11-22T09:00:00.123Z');
const record = (given: Partial<KafkaMessage>) =>
  ({ key: Buffer.from('a-task'), value: Buffer.from('{}'), headers: {}, offset: '41', ...given }) as KafkaMessage;

describe('deadLetter', () => {
  it('is the record with the headers that Valkyrie writes', () => {
    const headers = { 'content-type': Buffer.from('application/json'), 'dead-letter-topic': 'an older one' };
    expect(deadLetter(place, record({ headers }), verdict, now)).toEqual({
      key: Buffer.from('a-task'),
      value: Buffer.from('{}'),
      headers: {
        'content-type': Buffer.from('application/json'),
        'dead-letter-reason': 'rejected',
        'dead-letter-detail': 'nogood',
        'dead-letter-group': 'backstage-midgard',
        'dead-letter-topic': 'midgard.scaffold-task',
        'dead-letter-partition': '3',
        'dead-letter-offset': '41',
        'dead-letter-attempts': '1',
        'dead-letter-time': '2026-11-22T09:00:00.123000Z',
      },
    });
  });

  it.each([
    ['no key', null, ''],
    ['a key that is no text', Buffer.from([0xff]), '/w=='],
    ['a key with NUL', Buffer.from('a\0'), 'YQA='],
  ])('says that there was %s', (_, key, said) => {
    expect(deadLetter(place, record({ key }), verdict, now).headers).toMatchObject({ 'dead-letter-key': said });
  });

  it('tells no value from an empty one', () => {
    const none = deadLetter(place, record({ value: null }), verdict, now);
    const empty = deadLetter(place, record({ value: Buffer.alloc(0) }), verdict, now);
    expect([none.value, empty.value]).toEqual([Buffer.alloc(0), Buffer.alloc(0)]);
    expect(none.headers).toMatchObject({ 'dead-letter-no-payload': 'true' });
    expect(empty.headers).not.toHaveProperty('dead-letter-no-payload');
  });

  it('cuts long causes by whole characters', () => {
    const { headers } = deadLetter(place, record({}), { ...verdict, detail: '😀'.repeat(3_000) }, now);
    expect(headers!['dead-letter-detail']).toBe('😀'.repeat(2_000));
  });
});

describe('deadLetterTopic', () => {
  it('has the name that `valkyrie topics` gives it, and a shorter one where Kafka takes none so long', () => {
    expect(deadLetterTopic(place)).toBe('midgard.scaffold-task.backstage-midgard.dead-letter');
    expect(deadLetterTopic({ topic: 't'.repeat(240), group: 'g' })).toBe('g.dead-letter');
  });
});
