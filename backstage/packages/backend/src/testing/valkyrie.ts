import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Entity } from '@backstage/catalog-model';
import { JsonObject, JsonValue } from '@backstage/types';
import { createPostgres, DatabaseKind, dropFolder, dropPostgres, ownFolder, ownPrefix } from './databases';
import { ask, Answer, expectStatus } from './http';
import { ADMINISTRATOR, PIPELINE, token } from './keycloak';
import { Command, Ended, freePort, Program, run } from './program';
import { server } from './servers';
import { Topics } from './topics';
import { until } from './until';

/** A scaffold task as the API shows it, as far as tests look. */
export interface ScaffoldTask {
  id: string;
  status: string;
  version: number;
  template: { name: string; version: string };
  entityRefs: string[];
  failure: JsonObject | null;
}

/** How to deploy a Valkyrie. */
export interface ValkyrieOptions {
  database: DatabaseKind;
  topics: Topics;
  /** More settings, as `VALKYRIE__…`. */
  environment?: Record<string, string>;
}

const REPOSITORY = resolve(__dirname, '../../../../..');
/** These are data, so they are read from the sources by what is built as well. */
const TEMPLATES = resolve(__dirname, '../../src/testing/templates');

/** A deployment of the real binary: an API and a worker with a database and topics of their own. */
export class Valkyrie {
  readonly #api: Program;
  readonly #worker: Program;

  private constructor(
    readonly url: string,
    private readonly workerAdmin: string,
    environment: Record<string, string>,
    private readonly remove: () => Promise<void>,
    adminPorts: [number, number],
  ) {
    const [api, worker] = adminPorts.map(port => ({ ...environment, VALKYRIE__ADMIN__PORT: String(port) }));
    this.#api = new Program(command('api', ['api'], api!));
    this.#worker = new Program(command('worker', ['worker'], worker!));
  }

  /** Makes its schema and topics, starts both roles, and waits until they are ready. */
  static async deploy(options: ValkyrieOptions): Promise<Valkyrie> {
    const { url: database, remove } = await createDatabase(options.database);
    const [port, apiAdmin, workerAdmin] = [await freePort(), await freePort(), await freePort()];
    const environment = { ...settings(database, options.topics), VALKYRIE__HTTP__PORT: String(port), ...options.environment };
    for (const args of [['migrate'], ['topics', 'apply']]) {
      const { code, stderr } = await run(command(args.join(' '), args, environment));
      if (code !== 0) throw new Error(`valkyrie ${args.join(' ')} ended with ${code}:\n${stderr}`);
    }
    const admin = `http://127.0.0.1:${workerAdmin}`;
    const ports: [number, number] = [apiAdmin, workerAdmin];
    const valkyrie = new Valkyrie(`http://127.0.0.1:${port}`, admin, environment, remove, ports);
    await valkyrie.start();
    return valkyrie;
  }

  /** Starts what does not run, and waits until it is ready. */
  async start(): Promise<void> {
    this.startSoon();
    await this.ready();
  }

  /** Starts what does not run. */
  startSoon(): void {
    for (const program of this.#programs) if (!program.running) program.start();
  }

  async ready(): Promise<void> {
    for (const base of [this.url, this.workerAdmin]) {
      await until(`readiness of ${base}`, async () => {
        this.#programs.forEach(program => program.checkRunning());
        return (await ask(`${base}/healthz/readiness`)).status === 200 || undefined;
      }, 60_000);
    }
  }

  /** Ends both roles between two lines. */
  async kill(): Promise<void> {
    await Promise.all(this.#programs.map(program => program.kill()));
  }

  /** Asks both roles to stop. */
  async stop(): Promise<void> {
    const codes = await Promise.all(this.#programs.map(program => program.stop()));
    if (codes.some(code => code !== 0)) throw new Error(`api and worker ended with ${codes.join(' and ')}`);
  }

  /** Ends what runs, and removes its database. */
  async drop(): Promise<void> {
    await Promise.all(this.#programs.map(program => program.dispose()));
    await this.remove();
  }

  /** What both roles said. */
  get output(): string {
    return this.#programs.map(program => program.output).join('\n');
  }

  /** Asks the API as a pipeline would. */
  async ask<T = unknown>(path: string, given: { method?: string; json?: unknown; headers?: Record<string, string> } = {}): Promise<Answer<T>> {
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
  untilTask(id: string, status: string, milliseconds = 60_000): Promise<ScaffoldTask> {
    return until(`status ${status} of task ${id}`, async () => {
      const task = await this.task(id);
      return task.status === status ? task : undefined;
    }, milliseconds);
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
    let cursor: string | null = null;
    do {
      const query: string = new URLSearchParams({ limit: '100', ...(cursor === null ? {} : { cursor }) }).toString();
      const answer = await this.ask<{ items: { entity: Entity }[]; nextCursor: string | null }>(`/api/v1/catalog/entities?${query}`);
      const page: { items: { entity: Entity }[]; nextCursor: string | null } = expectStatus(answer, 200);
      all.push(...page.items.map(({ entity }) => entity));
      cursor = page.nextCursor;
    } while (cursor !== null);
    return all;
  }

  /** Runs the command line of an administrator against this server. */
  async cli(...args: string[]): Promise<Ended> {
    const environment = { VALKYRIE_SERVER: this.url, VALKYRIE_TOKEN: await token(ADMINISTRATOR) };
    return run(command(args.join(' '), args, environment));
  }

  get #programs(): Program[] {
    return [this.#api, this.#worker];
  }
}

/** The binary under test. */
function binary(): string {
  const given = process.env.VALKYRIE_TEST_BINARY;
  if (given) return given;
  const built = ['release', 'debug'].map(profile => join(REPOSITORY, 'target', profile, 'valkyrie'));
  const found = built.find(file => existsSync(file));
  if (found) return found;
  throw new Error(`there is no ${built.join(' and no ')}: cargo build --release, or set VALKYRIE_TEST_BINARY`);
}

function command(name: string, args: string[], environment: Record<string, string>): Command {
  return { name: `valkyrie ${name}`, file: binary(), args, environment };
}

/** What a dead process held is free after three seconds, so that tests with kills don't last. */
function settings(database: string, topics: Topics): Record<string, string> {
  return {
    DATABASE_URL: database,
    RUST_LOG: 'warn',
    VALKYRIE__LOG__ADAPTER: 'kafka',
    VALKYRIE__KAFKA__BROKERS: topics.brokers,
    VALKYRIE__AUTH__ISSUER: server('VALKYRIE_TEST_KEYCLOAK_URL'),
    VALKYRIE__AUTH__ALLOW_INSECURE_ISSUER: 'true',
    VALKYRIE__EVENTS__TOPIC: topics.tasks,
    VALKYRIE__EVENTS__CATALOG_TOPIC_PREFIX: `${topics.catalog}.`,
    VALKYRIE__TOPICS__INTEGRATION__PARTITIONS: '3',
    VALKYRIE__TEMPLATES__SOURCES: JSON.stringify(['shipped', TEMPLATES]),
    VALKYRIE__WORKER__LEASE_SECONDS: '3',
    VALKYRIE__OUTBOX__LEASE_MS: '3000',
  };
}

async function createDatabase(kind: DatabaseKind) {
  if (kind === 'postgres') {
    const prefix = ownPrefix();
    return { url: await createPostgres(`${prefix}valkyrie`), remove: () => dropPostgres(prefix) };
  }
  const folder = await ownFolder();
  return { url: `sqlite://${join(folder, 'valkyrie.sqlite')}`, remove: () => dropFolder(folder) };
}
