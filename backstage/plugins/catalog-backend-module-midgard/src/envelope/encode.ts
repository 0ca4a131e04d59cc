import { CloudEvent, WireRecord } from './event';

/** Writes an event in structured mode, so that a person can read the topic. */
export function encode(event: CloudEvent): WireRecord {
  const { id, source, type, subject, time, datacontenttype, dataschema, extensions, data } = event;
  const envelope = {
    specversion: '1.0',
    id,
    source,
    type,
    subject,
    time,
    datacontenttype: datacontenttype ?? 'application/json',
    dataschema,
    ...extensions,
    data,
  };
  return {
    headers: { 'content-type': 'application/cloudevents+json; charset=UTF-8' },
    value: JSON.stringify(envelope),
  };
}
