import { JsonValue } from '@backstage/types';

/** A CloudEvent 1.0.2. Extensions that nobody here knows stay in `extensions`. */
export interface CloudEvent {
  id: string;
  source: string;
  type: string;
  subject?: string;
  time?: string;
  datacontenttype?: string;
  dataschema?: string;
  extensions: Record<string, string>;
  data: JsonValue;
}

/** What the log carries, without its place there. */
export interface WireRecord {
  headers: Record<string, string>;
  value: string;
}

/** The record is no event, or none that can be read. */
export class UndecodableEventError extends Error {
  override readonly name = 'UndecodableEventError';
}
