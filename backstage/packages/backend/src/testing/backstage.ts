import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Entity } from '@backstage/catalog-model';
import { JsonObject } from '@backstage/types';
import { Knex } from 'knex';
import {
  connectPostgres,
  connectSqlite,
  DatabaseKind,
  dropFolder,
  dropPostgres,
  ownFolder,
  ownPrefix,
} from './databases';
import { Answer, ask, Ask, expectStatus } from './http';
import { BACKSTAGE, tokenUrl } from './keycloak';
import { freePort, Program } from './program';
import { server } from './servers';
import { Topics } from './topics';
import { until } from './until';

/** What the module says about itself. */
export interface ModuleHealth {
  status: 'ok' | 'failing';
  parts: Record<string, { status: 'starting' | 'ok' | 'failing'; detail?: string; since: string }>;
}

/** How to deploy a Backstage. */
export interface BackstageOptions {
  database: DatabaseKind;
  topics: Topics;
  /** Where Valkyrie's API is. */
  valkyrieUrl: string;
  /** Laid over what every test needs; null takes a key away. */
  config?: JsonObject;
  /** More variables. */
  environment?: Record<string, string>;
  /** The backend to start, with `dist/index.js` or `index.js`; default: MIDGARD_TEST_BACKEND, or the one here. */
  folder?: string;
  /** The program in that folder, if it is another. */
  entry?: string;
  /** Files of configuration in that folder, beside those of every deployment. */
  configs?: string[];
  /** The database of another deployment, of which this is one more replica. */
  replicaOf?: Backstage;
}

const HERE = resolve(__dirname, '../..');
const TOKEN = 'a-static-token-of-the-tests';

/** A deployment of a real Backstage: a process with databases of its own. */
export class Backstage {
  private constructor(
    readonly url: string,
    private readonly place: Place,
    private readonly program: Program,
    private readonly overlay: (config: JsonObject) => Promise<void>,
    private readonly remove: () => Promise<void>,
  ) {}

  /** Starts one, and waits until it is ready. */
  static async deploy(options: BackstageOptions): Promise<Backstage> {
    const place = options.replicaOf?.place ?? (await newPlace(options.database));
    const own = await ownFolder();
    const overlayFile = join(own, 'app-config.test.yaml');
    const overlay = (config: JsonObject) => writeFile(overlayFile, JSON.stringify(merge(base(options), config)));
    await overlay(options.config ?? {});
    const port = await freePort();
    const program = programOf(options, overlayFile, {
      NODE_ENV: 'production',
      LOG_LEVEL: 'info',
      BACKSTAGE_PORT: String(port),
      BACKSTAGE_TOKEN: TOKEN,
      VALKYRIE_URL: options.valkyrieUrl,
      ...place.environment,
      ...options.environment,
    });
    const remove = async () => {
      await dropFolder(own);
      if (!options.replicaOf) await place.remove();
    };
    const backstage = new Backstage(`http://127.0.0.1:${port}`, place, program, overlay, remove);
    await backstage.start();
    return backstage;
  }

  /** Starts it, and waits until it is ready. */
  async start(): Promise<void> {
    this.startSoon();
    await this.ready();
  }

  startSoon(): void {
    this.program.start();
  }

  async ready(): Promise<void> {
    await until('readiness of Backstage', async () => {
      this.program.checkRunning();
      return (await ask(`${this.url}/.backstage/health/v1/readiness`)).status === 200 || undefined;
    }, 90_000);
  }

  /** What is laid over the configuration from the next start on. */
  reconfigure(config: JsonObject): Promise<void> {
    return this.overlay(config);
  }

  /** Ends it between two lines. */
  kill(): Promise<void> {
    return this.program.kill();
  }

  /** Asks it to stop; returns its exit code. */
  stop(): Promise<number> {
    return this.program.stop();
  }

  /** Ends it, and removes its databases. */
  async drop(): Promise<void> {
    await this.program.dispose();
    await this.remove();
  }

  /** What it logged, over all its lives. */
  get output(): string {
    return this.program.output;
  }

  /** Waits until it has logged something. */
  async untilLogged(text: string): Promise<void> {
    await until(`'${text}' in the log of Backstage`, () => this.output.includes(text) || undefined);
  }

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
      const answer = await this.ask<{ items: Entity[]; pageInfo: { nextCursor?: string } }>(
        `/api/catalog/entities/by-query?${query}`,
      );
      const page = expectStatus(answer, 200);
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

  /** Registers a location, as the button in Backstage does. */
  async register(target: string, type = 'url'): Promise<void> {
    expectStatus(await this.ask('/api/catalog/locations', { method: 'POST', json: { type, target } }), 201);
  }

  /** The catalog's own database; whoever asks closes it. */
  connectCatalog(): Knex {
    return this.place.connect('catalog');
  }

  /** Compares all tasks with the catalog, out of turn, and waits until that is done. */
  async reconcile(): Promise<void> {
    const before = this.#reconciled;
    const task = '/api/catalog/.backstage/scheduler/v1/tasks/midgard-reconcile-valkyrie/trigger';
    // One that is under way may have asked before; the scheduler refuses a second one until then.
    await until('the trigger of a reconciliation', async () => {
      expectStatus(await this.ask(task, { method: 'POST' }), 200);
      return true;
    });
    await until('a reconciliation', () => this.#reconciled > before || undefined);
  }

  get #reconciled(): number {
    return this.output.split(' reconciled ').length - 1;
  }

  /** How the module stands. */
  async health(): Promise<ModuleHealth> {
    return expectStatus(await this.ask<ModuleHealth>('/api/catalog/midgard/health'), 200, 503);
  }

  /** Waits until a part of the module (or all of it) stands so; returns what it says. */
  untilHealth(status: string, part?: string, milliseconds = 60_000): Promise<ModuleHealth> {
    return until(`health ${status} of ${part ?? 'the module'}`, async () => {
      const health = await this.health();
      const seen = part === undefined ? health.status : health.parts[part]?.status;
      if (seen === status) return health;
      throw new Error(JSON.stringify(health));
    }, milliseconds);
  }
}

function programOf(options: BackstageOptions, overlay: string, environment: Record<string, string>): Program {
  const folder = options.folder ?? process.env.MIDGARD_TEST_BACKEND ?? HERE;
  const entries = options.entry === undefined ? ['dist/index.js', 'index.js'] : [options.entry];
  const entry = entries.map(name => join(folder, name)).find(file => existsSync(file));
  if (!entry) throw new Error(`${folder} has no ${entries.join(' and no ')}: npm run build`);
  const names = ['app-config.yaml', `app-config.${options.database}.yaml`, ...(options.configs ?? [])];
  const configs = [...names.map(name => fileOf(folder, name)), overlay];
  const args = [entry, ...configs.flatMap(file => ['--config', file])];
  return new Program({ name: 'backstage', file: process.execPath, args, cwd: folder, environment });
}

/** Where a deployment's data is. */
interface Place {
  environment: Record<string, string>;
  /** The database of a plugin. */
  connect(plugin: string): Knex;
  remove(): Promise<void>;
}

async function newPlace(kind: DatabaseKind): Promise<Place> {
  if (kind === 'sqlite') {
    const folder = await ownFolder();
    const environment = { SQLITE_DIRECTORY: folder };
    const connect = (plugin: string) => connectSqlite(join(folder, `${plugin}.sqlite`));
    return { environment, connect, remove: () => dropFolder(folder) };
  }
  const url = new URL(server('VALKYRIE_TEST_POSTGRES_URL'));
  const prefix = ownPrefix();
  const environment = {
    POSTGRES_HOST: url.hostname,
    POSTGRES_PORT: url.port,
    POSTGRES_USER: decodeURIComponent(url.username),
    POSTGRES_PASSWORD: decodeURIComponent(url.password),
    POSTGRES_PREFIX: prefix,
  };
  const connect = (plugin: string) => connectPostgres(`${prefix}${plugin}`);
  return { environment, connect, remove: () => dropPostgres(prefix) };
}

/** What every deployment of the tests needs: names of its own, and a catalog that does not wait. */
function base({ topics, valkyrieUrl }: BackstageOptions): JsonObject {
  const oidc = { tokenUrl: tokenUrl(), ...BACKSTAGE };
  return {
    catalog: { stitchingStrategy: { pollingInterval: { milliseconds: 100 } } },
    midgard: {
      kafka: { brokers: topics.brokers.split(',') },
      providers: {
        valkyrie: {
          topic: topics.tasks,
          eventTypePrefix: 'midgard.scaffold-task',
          groupId: topics.group,
          // What a killed Backstage held is free soon.
          sessionTimeout: { seconds: 6 },
          valkyrie: { baseUrl: valkyrieUrl, oidc },
        },
      },
      publisher: { mode: 'triggers', topicPrefix: topics.catalog },
    },
  };
}

function fileOf(folder: string, file: string): string {
  return [folder, HERE].map(place => join(place, file)).find(path => existsSync(path)) ?? join(HERE, file);
}

function merge(below: JsonObject, above: JsonObject): JsonObject {
  const merged = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = merged[key];
    if (value === null) delete merged[key];
    else merged[key] = isObject(under) && isObject(value) ? merge(under, value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
