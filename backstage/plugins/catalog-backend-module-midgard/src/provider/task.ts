import { JsonObject, JsonValue } from '@backstage/types';

/** All of them are judged and given to the catalog at once, while all other news waits. */
const MOST_ENTITIES = 1_000;

/** What a provider needs to know of a scaffold task. */
export interface Task {
  id: string;
  version: number;
  status: string;
  template: { name: string; version: string };
  /** When it last changed, in a form whose texts sort as the times do. */
  changedAt: string;
}

/** Something that should be a task is none. */
export class MalformedTaskError extends Error {
  override readonly name = 'MalformedTaskError';
}

/**
 * Reads a task as Valkyrie's API and events show it.
 *
 * @throws MalformedTaskError
 */
export function readTask(value: JsonValue | undefined): Task {
  const task = object(value, 'the task');
  const template = object(task.template, 'template');
  const id = text(task.id, 'id');
  // The id becomes part of URLs and annotations.
  if (!/^[A-Za-z0-9-]{1,64}$/.test(id)) throw new MalformedTaskError(`id is ${show(id)}, and must be a UUID`);
  const { version } = task;
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0) {
    throw new MalformedTaskError(`version of task ${id} is ${show(version)}, and must be a whole number from 0`);
  }
  return {
    id,
    version,
    status: text(task.status, 'status'),
    template: { name: label(template.name, 'template.name'), version: label(template.version, 'template.version') },
    changedAt: sortable(text(task.updatedAt, 'updatedAt')),
  };
}

/**
 * Reads the documents of a task's `catalog-info.yaml`.
 *
 * @throws MalformedTaskError
 */
export function readEntities(value: JsonValue | undefined): JsonValue[] {
  if (!Array.isArray(value)) {
    throw new MalformedTaskError('entities must be the list of documents of catalog-info.yaml, and is none');
  }
  if (value.length <= MOST_ENTITIES) return value;
  throw new MalformedTaskError(`entities has ${value.length} documents, and ${MOST_ENTITIES} are allowed for one task`);
}

/** The same instant with nine digits of fraction, in UTC. */
function sortable(time: string): string {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)$/.exec(time);
  if (!parts) throw new MalformedTaskError(`updatedAt is ${show(time)}, and must be a time of RFC 3339 in UTC`);
  return `${parts[1]}.${(parts[2] ?? '').padEnd(9, '0')}Z`;
}

function object(value: JsonValue | undefined, name: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new MalformedTaskError(`${name} is ${show(value)}, and must be an object`);
}

function text(value: JsonValue | undefined, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new MalformedTaskError(`${name} is ${show(value)}, and must be a text that is not empty`);
}

/** A short text to read. It becomes part of URLs, annotations and titles, which are not judged as documents are. */
function label(value: JsonValue | undefined, name: string): string {
  const given = text(value, name);
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,200}$/u.test(given)) return given;
  throw new MalformedTaskError(`${name} is ${show(value)}, and must be up to 200 characters that can be read`);
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 100);
}
