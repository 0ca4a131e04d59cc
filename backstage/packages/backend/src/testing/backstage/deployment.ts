import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { JsonObject } from '@backstage/types';
import { Knex } from 'knex';
import { DatabaseKind, dropFolder, ownFolder } from '../databases';
import { ask, expectStatus } from '../http';
import { freePort, Program } from '../program';
import { until } from '../until';
import { BackstageClient } from './client';
import { newPlace, Place } from './place';
import { Peers, settings, TOKEN } from './settings';

/** How to deploy a Backstage. */
export interface BackstageOptions extends Peers {
  database: DatabaseKind;
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

const HERE = resolve(__dirname, '../../..');

/** A deployment of a real Backstage: a process with databases of its own. */
export class Backstage extends BackstageClient {
  private constructor(
    url: string,
    private readonly place: Place,
    private readonly program: Program,
    private readonly overlay: (config: JsonObject) => Promise<void>,
    private readonly remove: () => Promise<void>,
  ) {
    super(url);
  }

  /** Starts one, and waits until it is ready. */
  static async deploy(options: BackstageOptions): Promise<Backstage> {
    const place = options.replicaOf?.place ?? (await newPlace(options.database));
    const own = await ownFolder();
    const overlayFile = join(own, 'app-config.test.yaml');
    const overlay = (config: JsonObject) => writeFile(overlayFile, JSON.stringify(settings(options, config)));
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
    try {
      await backstage.start();
      return backstage;
    } catch (error) {
      await backstage.drop();
      throw error;
    }
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
    const look = async () => {
      if (!this.program.running) return true;
      return (await ask(`${this.url}/.backstage/health/v1/readiness`)).status === 200 || undefined;
    };
    await until('readiness of Backstage', look, 90_000);
    this.program.checkRunning();
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

  /** The catalog's own database; whoever asks closes it. */
  connectCatalog(): Knex {
    return this.place.connect('catalog');
  }

  /** Compares all tasks with the catalog, out of turn, and waits until that is done. */
  async reconcile(): Promise<void> {
    const path = '/api/catalog/.backstage/scheduler/v1/tasks/midgard-reconcile-valkyrie/trigger';
    // While one is under way, which may have asked before, the scheduler refuses another.
    const before = await until('the trigger of a reconciliation', async () => {
      const reconciled = this.#reconciled;
      expectStatus(await this.ask(path, { method: 'POST' }), 200);
      return reconciled;
    });
    await until('a reconciliation', () => this.#reconciled > before || undefined);
  }

  get #reconciled(): number {
    return this.output.split(' reconciled ').length - 1;
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

function fileOf(folder: string, file: string): string {
  return [folder, HERE].map(place => join(place, file)).find(path => existsSync(path)) ?? join(HERE, file);
}
