import { join } from 'node:path';
import { createPostgres, DatabaseKind, dropFolder, dropPostgres, ownFolder, ownPrefix } from '../databases';
import { ask } from '../http';
import { ADMINISTRATOR, token } from '../keycloak';
import { Ended, freePort, Program, run } from '../program';
import { Topics } from '../topics';
import { until } from '../until';
import { ValkyrieClient } from './client';
import { command, settings } from './command';

/** How to deploy a Valkyrie. */
export interface ValkyrieOptions {
  database: DatabaseKind;
  topics: Topics;
  /** More settings, as `VALKYRIE__…`. */
  environment?: Record<string, string>;
}

/** A deployment of the real binary: an API and a worker with a database and topics of their own. */
export class Valkyrie extends ValkyrieClient {
  readonly #programs: Program[];

  private constructor(
    url: string,
    environment: Record<string, string>,
    private readonly remove: () => Promise<void>,
    apiAdmin: number,
    private readonly workerAdmin: number,
  ) {
    super(url);
    const role = (name: string, admin: number) =>
      new Program(command([name], { ...environment, VALKYRIE__ADMIN__PORT: String(admin) }));
    this.#programs = [role('api', apiAdmin), role('worker', workerAdmin)];
  }

  /** Makes its schema and topics, starts both roles, and waits until they are ready. */
  static async deploy(options: ValkyrieOptions): Promise<Valkyrie> {
    const { url: database, remove } = await createDatabase(options.database);
    const [port, apiAdmin, workerAdmin] = [await freePort(), await freePort(), await freePort()];
    const own = { VALKYRIE__HTTP__PORT: String(port), ...options.environment };
    const environment = { ...settings(database, options.topics), ...own };
    const url = `http://127.0.0.1:${port}`;
    const valkyrie = new Valkyrie(url, environment, remove, apiAdmin, workerAdmin);
    try {
      for (const args of [['migrate'], ['topics', 'apply']]) {
        const { code, stderr } = await run(command(args, environment));
        if (code !== 0) throw new Error(`valkyrie ${args.join(' ')} ended with ${code}:\n${stderr}`);
      }
      await valkyrie.start();
      return valkyrie;
    } catch (error) {
      await valkyrie.drop();
      throw error;
    }
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
    for (const base of [this.url, `http://127.0.0.1:${this.workerAdmin}`]) {
      const look = async () => {
        if (this.#programs.some(program => !program.running)) return true;
        return (await ask(`${base}/healthz/readiness`)).status === 200 || undefined;
      };
      await until(`readiness of ${base}`, look, 60_000);
      this.#programs.forEach(program => program.checkRunning());
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

  /** Runs the command line of an administrator against this server. */
  async cli(...args: string[]): Promise<Ended> {
    const environment = { VALKYRIE_SERVER: this.url, VALKYRIE_TOKEN: await token(ADMINISTRATOR) };
    return run(command(args, environment));
  }
}

async function createDatabase(kind: DatabaseKind) {
  if (kind === 'postgres') {
    const prefix = ownPrefix();
    return { url: await createPostgres(`${prefix}valkyrie`), remove: () => dropPostgres(prefix) };
  }
  const folder = await ownFolder();
  return { url: `sqlite://${join(folder, 'valkyrie.sqlite')}`, remove: () => dropFolder(folder) };
}
