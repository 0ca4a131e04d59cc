import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { JsonObject } from '@backstage/types';
import { Task } from '../provider/task';
import { shown } from './documents';

/** Answers like Valkyrie's API, two tasks a page, and like the token endpoint of an OpenID provider at `/token`. */
export class ValkyrieDouble {
  readonly tasks = new Map<string, { task: Task; entities: JsonObject[]; deletedAt?: number }>();
  /** Only this bearer token is good. */
  goodToken = 'good';
  /** Who asks may not see others' tasks, and all are others'. */
  blind = false;
  tokensGiven = 0;
  /** What happens between the reading of a page and its sending. */
  meanwhile: () => Promise<unknown> = async () => undefined;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(): Promise<ValkyrieDouble> {
    const double = new ValkyrieDouble();
    await new Promise<void>(resolve => double.#server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise(resolve => this.#server.close(() => resolve()));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    const send = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
    if (url.pathname === '/token') {
      this.tokensGiven += 1;
      this.goodToken = `token-${this.tokensGiven}`;
      const known = request.headers.authorization === `Basic ${Buffer.from('backstage:a%20secret').toString('base64')}`;
      send(known ? 200 : 401, known ? { access_token: this.goodToken, expires_in: 300 } : { error: 'invalid_client' });
      return;
    }
    if (request.headers.authorization !== `Bearer ${this.goodToken}`) {
      send(401, { title: 'Unauthorized', detail: 'the token is not good' });
      return;
    }
    const [, id, more] = /^\/api\/v1\/scaffold-tasks(?:\/([^/]+))?(\/events)?$/.exec(url.pathname) ?? [];
    if (id === undefined) {
      const page = this.#page(url.searchParams);
      void this.meanwhile().then(() => send(200, page));
    } else {
      this.#one(id, more !== undefined, send);
    }
  }

  #page(query: URLSearchParams) {
    const all = [...this.tasks.values()].filter(({ task }) => !this.blind && task.status === query.get('status'));
    const from = Number(query.get('cursor') ?? 0);
    const items = all.slice(from, from + 2).map(({ task, entities }) => ({ ...shown(task), entities }));
    return { items, nextCursor: from + 2 < all.length ? String(from + 2) : null };
  }

  #one(id: string, events: boolean, send: (status: number, body: unknown) => void): void {
    const found = this.blind ? undefined : this.tasks.get(id);
    if (!found || (found.deletedAt !== undefined && !events)) send(404, { title: 'Not found' });
    else if (!events) send(200, shown(found.task));
    else send(200, { items: history(found.deletedAt), nextCursor: null });
  }
}

function history(deletedAt: number | undefined) {
  const completed = { type: 'midgard.scaffold-task.completed.v1', version: 4 };
  if (deletedAt === undefined) return [completed];
  return [completed, { type: 'midgard.scaffold-task.deleted.v1', version: deletedAt }];
}
