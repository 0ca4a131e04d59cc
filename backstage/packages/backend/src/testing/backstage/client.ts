import { Entity } from '@backstage/catalog-model';
import { Answer, ask, Ask, expectStatus } from '../http';
import { until } from '../until';
import { TOKEN } from './settings';

/** What the module says about itself. */
export interface ModuleHealth {
  status: 'ok' | 'failing';
  parts: Record<string, { status: 'starting' | 'ok' | 'failing'; detail?: string; since: string }>;
}

/** A page of the catalog. */
interface EntityPage {
  items: Entity[];
  pageInfo: { nextCursor?: string };
}

/** What a person or a program can ask of a Backstage over HTTP. */
export class BackstageClient {
  constructor(readonly url: string) {}

  /** Asks any of its APIs, such as `/api/catalog/entities`, as an operator. */
  ask<T = unknown>(path: string, given: Omit<Ask, 'token'> = {}): Promise<Answer<T>> {
    return ask<T>(`${this.url}${path}`, { ...given, token: TOKEN });
  }

  /** An entity, by name. */
  async entity(kind: string, name: string, namespace = 'default'): Promise<Entity | undefined> {
    const path = [kind, namespace, name].map(encodeURIComponent).join('/');
    const answer = await this.ask<Entity>(`/api/catalog/entities/by-name/${path}`);
    return answer.status === 404 ? undefined : expectStatus(answer, 200);
  }

  /** Waits until an entity is there. */
  untilEntity(kind: string, name: string, milliseconds = 30_000): Promise<Entity> {
    return until(`${kind} ${name} in Backstage`, () => this.entity(kind, name), milliseconds);
  }

  /** All entities that a filter such as `kind=component` finds. */
  async entities(filter?: string): Promise<Entity[]> {
    const all: Entity[] = [];
    let query = new URLSearchParams({ limit: '500', ...(filter === undefined ? {} : { filter }) });
    for (;;) {
      const page = expectStatus(await this.ask<EntityPage>(`/api/catalog/entities/by-query?${query}`), 200);
      all.push(...page.items);
      if (page.pageInfo.nextCursor === undefined) return all;
      query = new URLSearchParams({ limit: '500', cursor: page.pageInfo.nextCursor });
    }
  }

  /** Deletes an entity, as the button in Backstage does. */
  async deleteEntity(entity: Entity): Promise<void> {
    const answer = await this.ask(`/api/catalog/entities/by-uid/${entity.metadata.uid}`, { method: 'DELETE' });
    expectStatus(answer, 204);
  }

  /** How the module stands. */
  async health(): Promise<ModuleHealth> {
    return expectStatus(await this.ask<ModuleHealth>('/api/catalog/midgard/health'), 200, 503);
  }

  /** Waits until a part of the module (or all of it) stands so; returns what it says. */
  untilHealth(status: string, part?: string, milliseconds = 60_000): Promise<ModuleHealth> {
    const look = async () => {
      const health = await this.health();
      const seen = part === undefined ? health.status : health.parts[part]?.status;
      if (seen === status) return health;
      throw new Error(JSON.stringify(health));
    };
    return until(`health ${status} of ${part ?? 'the module'}`, look, milliseconds);
  }
}
