import { Entity } from '@backstage/catalog-model';
import { JsonObject, JsonValue } from '@backstage/types';
import { Answer, ask, Ask, expectStatus } from '../http';
import { PIPELINE, token } from '../keycloak';
import { until } from '../until';

/** A scaffold task as the API shows it, as far as tests look. */
export interface ScaffoldTask {
  id: string;
  status: string;
  version: number;
  template: { name: string; version: string };
  entityRefs: string[];
  failure: JsonObject | null;
}

/** A page of the read model. */
interface EntityPage {
  items: { entity: Entity }[];
  nextCursor: string | null;
}

/** What a pipeline can ask of Valkyrie over HTTP. */
export class ValkyrieClient {
  constructor(readonly url: string) {}

  /** Asks the API as a pipeline would. */
  async ask<T = unknown>(path: string, given: Omit<Ask, 'token'> = {}): Promise<Answer<T>> {
    return ask<T>(`${this.url}${path}`, { ...given, token: await token(PIPELINE) });
  }

  /** Asks for a service; returns the task's id. */
  async request(parameters: Record<string, JsonValue>, template = 'service'): Promise<string> {
    const json = { template, parameters };
    const answer = await this.ask<ScaffoldTask>('/api/v1/scaffold-tasks', { method: 'POST', json });
    return expectStatus(answer, 202).id;
  }

  /** Asks for a service and waits until it is made. */
  async scaffold(parameters: Record<string, JsonValue>, template = 'service'): Promise<ScaffoldTask> {
    return this.untilTask(await this.request(parameters, template), 'completed');
  }

  async task(id: string): Promise<ScaffoldTask> {
    return expectStatus(await this.ask<ScaffoldTask>(`/api/v1/scaffold-tasks/${id}`), 200);
  }

  /** Waits until a task stands so; fails at once if it failed instead. */
  async untilTask(id: string, status: string, milliseconds = 60_000): Promise<ScaffoldTask> {
    const wanted = [status, 'failed', 'cancelled'];
    const look = async () => {
      const task = await this.task(id);
      return wanted.includes(task.status) ? task : undefined;
    };
    const task = await until(`status ${status} of task ${id}`, look, milliseconds);
    if (task.status === status) return task;
    throw new Error(`task ${id} is ${task.status} and not ${status}: ${JSON.stringify(task.failure)}`);
  }

  /** An entity of the read model. */
  async entity(kind: string, name: string, namespace = 'default'): Promise<Entity | undefined> {
    const path = [kind, namespace, name].map(encodeURIComponent).join('/');
    const answer = await this.ask<{ entity: Entity }>(`/api/v1/catalog/entities/by-name/${path}`);
    return answer.status === 404 ? undefined : expectStatus(answer, 200).entity;
  }

  /** Waits until an entity is in the read model. */
  untilEntity(kind: string, name: string, milliseconds = 30_000): Promise<Entity> {
    return until(`${kind} ${name} in the read model`, () => this.entity(kind, name), milliseconds);
  }

  /** Waits until the read model does not have an entity any more. */
  async untilGone(kind: string, name: string, milliseconds = 30_000): Promise<void> {
    const what = `the end of ${kind} ${name} in the read model`;
    await until(what, async () => (await this.entity(kind, name)) === undefined || undefined, milliseconds);
  }

  /** All entities of the read model. */
  async entities(): Promise<Entity[]> {
    const all: Entity[] = [];
    const query = new URLSearchParams({ limit: '100' });
    for (;;) {
      const page = expectStatus(await this.ask<EntityPage>(`/api/v1/catalog/entities?${query}`), 200);
      all.push(...page.items.map(({ entity }) => entity));
      if (page.nextCursor === null) return all;
      query.set('cursor', page.nextCursor);
    }
  }
}
