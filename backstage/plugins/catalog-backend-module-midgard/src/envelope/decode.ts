import { JsonObject, JsonValue } from '@backstage/types';
import { IHeaders } from 'kafkajs';
import { CloudEvent, UndecodableEventError } from './event';

const STRUCTURED = 'application/cloudevents+json';
const ATTRIBUTES = ['id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'dataschema'];

/**
 * Reads a record in structured or binary mode. As everywhere in Valkyrie, `id`, `source`, `type` and `specversion` are
 * required and must not be empty; nothing else is.
 *
 * @throws UndecodableEventError
 */
export function decode(headers: IHeaders | undefined, value: Buffer | null): CloudEvent {
  if (value === null) throw new UndecodableEventError('the record has no value');
  const types = texts(headers, 'content-type');
  const structured = types.length > 0 ? types[0]?.toLowerCase().startsWith(STRUCTURED) : !hasBinary(headers);
  return structured ? fromStructured(value) : fromBinary(headers, value, types[0]);
}

function fromStructured(value: Buffer): CloudEvent {
  const envelope = parse(value);
  if (!isObject(envelope)) throw new UndecodableEventError('the value is JSON, but no object');
  const { data, data_base64: base64, ...attributes } = envelope;
  if (base64 !== undefined && data !== undefined) {
    throw new UndecodableEventError('the event has both data and data_base64');
  }
  const payload = typeof base64 === 'string' ? parse(Buffer.from(base64, 'base64')) : (data ?? null);
  return build(attributes, payload);
}

function fromBinary(headers: IHeaders | undefined, value: Buffer, contentType: string | undefined): CloudEvent {
  const attributes: JsonObject = {};
  for (const name of Object.keys(headers ?? {})) {
    const attribute = /^ce_(.+)$/i.exec(name)?.[1];
    if (attribute) attributes[attribute.toLowerCase()] = texts(headers, name)[0];
  }
  if (Object.keys(attributes).length === 0) {
    throw new UndecodableEventError(`the content type is '${contentType}', and there are no ce_ headers`);
  }
  if (contentType !== undefined) attributes.datacontenttype = contentType;
  return build(attributes, parse(value));
}

function build(attributes: JsonObject, data: JsonValue): CloudEvent {
  const version = attributes.specversion;
  if (version !== '1.0') throw new UndecodableEventError(`specversion is ${show(version)}, and must be '1.0'`);
  const extensions: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'specversion' || value === null || value === undefined) continue;
    if (ATTRIBUTES.includes(name)) continue;
    extensions[name] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  const optional: Partial<CloudEvent> = {};
  for (const name of ['subject', 'time', 'datacontenttype', 'dataschema'] as const) {
    const value = attributes[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') throw new UndecodableEventError(`${name} is ${show(value)}, and must be a text`);
    optional[name] = value;
  }
  return {
    id: required(attributes, 'id'),
    source: required(attributes, 'source'),
    type: required(attributes, 'type'),
    ...optional,
    extensions,
    data,
  };
}

function required(attributes: JsonObject, name: string): string {
  const value = attributes[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new UndecodableEventError(`${name} is ${show(value)}, and must be a text that is not empty`);
}

function parse(value: Buffer): JsonValue {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value));
  } catch (error) {
    throw new UndecodableEventError(`the value is no JSON in UTF-8: ${error instanceof Error ? error.message : error}`);
  }
}

function texts(headers: IHeaders | undefined, name: string): string[] {
  const found = Object.entries(headers ?? {}).filter(([key]) => key.toLowerCase() === name.toLowerCase());
  return found.flatMap(([, value]) => value ?? []).map(value => value.toString());
}

function hasBinary(headers: IHeaders | undefined): boolean {
  return Object.keys(headers ?? {}).some(name => /^ce_/i.test(name));
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value)?.slice(0, 100);
}
