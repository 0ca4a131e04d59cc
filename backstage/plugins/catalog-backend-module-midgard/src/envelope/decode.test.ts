import { describe, expect, it } from 'vitest';
import { decode, encode, UndecodableEventError } from '.';

const event = {
  id: '0192f0c1-2f6a-7000-8000-000000000000',
  source: '/valkyrie/scaffolder',
  type: 'midgard.scaffold-task.completed.v1',
  subject: 'a-task',
  time: '2026-11-22T09:00:00Z',
  datacontenttype: 'application/json',
  extensions: { partitionkey: 'a-task' },
  data: { task: { id: 'a-task' } },
};
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('decode', () => {
  it('reads what encode wrote', () => {
    const { headers, value } = encode(event);
    expect(decode(headers, Buffer.from(value))).toEqual(event);
  });

  it('reads binary mode, whatever the case of its headers', () => {
    const headers = {
      'Content-Type': Buffer.from('application/json'),
      ce_specversion: Buffer.from('1.0'),
      ce_id: event.id,
      CE_source: event.source,
      ce_type: event.type,
      ce_subject: event.subject,
      ce_time: event.time,
      ce_partitionkey: 'a-task',
    };
    expect(decode(headers, bytes(event.data))).toEqual(event);
  });

  it('reads structured mode without a content type', () => {
    expect(decode(undefined, Buffer.from(encode(event).value))).toEqual(event);
  });

  it.each([
    ['no value', null, 'no value'],
    ['no JSON', Buffer.from('{'), 'no JSON'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'no JSON in UTF-8'],
    ['no object', bytes([]), 'no object'],
    ['another version of CloudEvents', bytes({ ...event, specversion: '0.3' }), `specversion is "0.3"`],
    ['no id', bytes({ ...event, specversion: '1.0', id: '' }), 'id is ""'],
    ['a type that is no text', bytes({ ...event, specversion: '1.0', type: 7 }), 'type is 7'],
  ])('refuses %s and says so', (_, value, message) => {
    expect(() => decode({}, value)).toThrow(UndecodableEventError);
    expect(() => decode({}, value)).toThrow(message);
  });

  it('refuses a content type that is not structured when there are no headers of the binary mode', () => {
    expect(() => decode({ 'content-type': 'text/plain' }, bytes(event.data))).toThrow("'text/plain'");
  });
});
