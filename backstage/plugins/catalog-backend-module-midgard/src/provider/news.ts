import { JsonValue } from '@backstage/types';
import { CloudEvent } from '../envelope';
import { MalformedTaskError, readEntities, readTask, Task } from './task';

/** What an event means for the catalog. */
export type News =
  | { type: 'completed'; task: Task; entities: JsonValue[] }
  | { type: 'removed'; task: Task };

/** The event can be read, but will never be accepted. */
export class RejectedEventError extends Error {
  override readonly name = 'RejectedEventError';
}

const REMOVALS = ['decommissioned', 'undone', 'deleted'];

/**
 * Tells what an event means; `undefined` if nothing, as for the types that no catalog cares for.
 *
 * @param prefix what the types of the topic's events begin with
 * @param key the record's key
 * @throws RejectedEventError
 */
export function readNews(prefix: string, key: string | undefined, event: CloudEvent): News | undefined {
  if (!event.type.startsWith(`${prefix}.`)) return undefined;
  const [what, version, ...more] = event.type.slice(prefix.length + 1).split('.');
  if (what !== 'completed' && !REMOVALS.includes(what ?? '')) return undefined;
  if (version !== 'v1' || more.length > 0) {
    throw new RejectedEventError(`the type is '${event.type}', and only ${prefix}.${what}.v1 is known here`);
  }
  const task = accepted('data.task: ', () => readTask(field(event.data, 'task')));
  if (key !== task.id) {
    // Order is kept by key: news of a task under another key could come in any order.
    throw new RejectedEventError(`the record's key is '${key ?? ''}', and must be the task's id, '${task.id}'`);
  }
  if (what !== 'completed') return { type: 'removed', task };
  return { type: 'completed', task, entities: accepted('data.', () => readEntities(field(event.data, 'entities'))) };
}

function accepted<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedTaskError) throw new RejectedEventError(`${where}${error.message}`);
    throw error;
  }
}

function field(data: JsonValue, name: string): JsonValue | undefined {
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? data[name] : undefined;
}
