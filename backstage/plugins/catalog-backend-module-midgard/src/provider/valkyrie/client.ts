import { JsonObject, JsonValue } from '@backstage/types';
import { MalformedTaskError, readEntities, readTask, Task } from '../task';
import { ValkyrieError } from './errors';
import { requestJson } from './request';
import { Tokens } from './tokens';

const PAGE = 50;

/** A completed task with the documents of its `catalog-info.yaml`. */
export interface CompletedTask {
  task: Task;
  entities: JsonValue[];
}

/** A task that is listed and can't be read. */
export interface UnreadableTask {
  /** If that much can be read. */
  id: string | undefined;
  /** What is wrong with it. */
  malformed: string;
}

/**
 * What Valkyrie says about one task. `begun`: its service is not made yet; `standing`: it has not ended, as far as is known
 * here; `unknown`: there is none, or none that this token may see.
 */
export type Fate = { type: 'begun' | 'ended'; version: number } | { type: 'standing' | 'unknown' };

/** A task in one of these has no service. Of a status that is not known here nobody can say so. */
const ENDS = ['failed', 'cancelled', 'decommissioned'];
const BEGINNINGS = ['draft', 'queued', 'running', 'cancelling'];

/** Valkyrie's API, as far as reconciliation needs it. All methods throw a {@link ValkyrieError}. */
export class ValkyrieClient {
  constructor(
    private readonly baseUrl: string,
    private readonly tokens: Tokens,
    /** How long one answer may take, in milliseconds. */
    private readonly limit: number,
  ) {}

  /** All completed tasks that the token may see, newest first. */
  async *completed(stop: AbortSignal): AsyncGenerator<CompletedTask | UnreadableTask> {
    const path = '/api/v1/scaffold-tasks';
    const query = { status: 'completed', include: 'entities', limit: String(PAGE) };
    for await (const item of this.#items(path, query, stop)) {
      try {
        const task = readTask(item);
        // Who heeds not what was asked for has not said that there are no entities.
        const what = `${path} answered with task ${task.id}`;
        if (task.status !== 'completed') throw new ValkyrieError(`${what}, which is ${task.status}`);
        if (!Array.isArray(item.entities)) throw new ValkyrieError(`${what} without its entities`);
        yield { task, entities: readEntities(item.entities) };
      } catch (error) {
        if (!(error instanceof MalformedTaskError)) throw error;
        const id: unknown = item?.id;
        yield { id: typeof id === 'string' ? id : undefined, malformed: error.message };
      }
    }
  }

  /** What became of a task that is not among the completed ones. */
  async fate(taskId: string, stop: AbortSignal): Promise<Fate> {
    const path = `/api/v1/scaffold-tasks/${taskId}`;
    const found = await this.#get(path, {}, stop).catch(notFound);
    if (found !== undefined) {
      const { id, status, version } = readTask(found);
      if (id !== taskId) throw new ValkyrieError(`${path} answered with task ${id}`);
      if (ENDS.includes(status)) return { type: 'ended', version };
      return BEGINNINGS.includes(status) ? { type: 'begun', version } : { type: 'standing' };
    }
    return this.#deletion(`${path}/events`, stop);
  }

  /** The history of a task stays when it is deleted; who may not see the task doesn't see its history either. */
  async #deletion(path: string, stop: AbortSignal): Promise<Fate> {
    try {
      for await (const { type, version } of this.#items(path, { limit: '100' }, stop)) {
        const deletion = typeof type === 'string' && type.endsWith('.deleted.v1');
        if (deletion && typeof version === 'number') return { type: 'ended', version };
      }
    } catch (error) {
      notFound(error);
    }
    return { type: 'unknown' };
  }

  async *#items(path: string, query: Record<string, string>, stop: AbortSignal): AsyncGenerator<JsonObject> {
    const seen = new Set<string>();
    for (let cursor: string | undefined; ; ) {
      const page = await this.#get(path, cursor === undefined ? query : { ...query, cursor }, stop);
      const { items, nextCursor } = page;
      if (!Array.isArray(items)) throw new ValkyrieError(`${path} answered without items`);
      for (const item of items) yield item as JsonObject;
      if (typeof nextCursor !== 'string') return;
      if (seen.has(nextCursor)) throw new ValkyrieError(`${path} gave the same cursor twice`);
      seen.add(nextCursor);
      cursor = nextCursor;
    }
  }

  async #get(path: string, query: Record<string, string>, stop: AbortSignal): Promise<JsonObject> {
    const url = `${this.baseUrl}${path}?${new URLSearchParams(query)}`;
    const ask = async () => {
      const authorization = `Bearer ${await this.tokens.token()}`;
      return requestJson(url, { headers: { authorization, accept: 'application/json' } }, this.limit, stop);
    };
    const answer = await ask().catch(error => {
      if (!(error instanceof ValkyrieError) || error.status !== 401) throw error;
      this.tokens.forget();
      return ask();
    });
    if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer;
    throw new ValkyrieError(`${path} answered with JSON that is no object`);
  }
}

function notFound(error: unknown): undefined {
  if (error instanceof ValkyrieError && error.status === 404) return undefined;
  throw error;
}
