import { KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { problemOf } from './sendError';

function said(type: string): Error {
  const answer = { type, message: type, code: 0, retriable: true, name: '' };
  return new KafkaJSNumberOfRetriesExceeded(new KafkaJSProtocolError(answer), { retryCount: 2, retryTime: 400 });
}

describe('problemOf', () => {
  it.each(['NOT_ENOUGH_REPLICAS', 'LEADER_NOT_AVAILABLE', 'INVALID_TIMESTAMP', 'TOPIC_AUTHORIZATION_FAILED'])(
    'lets no other topic wait, and parks nothing, when Kafka says %s of one',
    type => expect(problemOf(said(type))).toBe('topic'),
  );

  it('knows what no size will mend from what is gone tomorrow', () => {
    expect(problemOf(said('MESSAGE_TOO_LARGE'))).toBe('too-large');
    expect(problemOf(said('INVALID_RECORD'))).toBe('refused');
    expect(problemOf(said('REQUEST_TIMED_OUT'))).toBe('away');
    expect(problemOf(new Error('connection refused'))).toBe('away');
  });
});
