import { resolve } from 'node:path';
import { dropFolder, ownFolder } from './databases';
import { run } from './program';

const REPOSITORY = resolve(__dirname, '../../../../..');

/** A Kafka of one test's own, that it may kill. */
export class OwnKafka {
  private constructor(
    readonly brokers: string,
    private readonly folder: string,
  ) {}

  /**
   * Starts one, and waits until it answers.
   *
   * @throws Error if VALKYRIE_TEST_XTASK does not say where the program is that starts servers
   */
  static async start(): Promise<OwnKafka> {
    const folder = await ownFolder();
    const said = await services(folder, 'up', 'kafka');
    const brokers = /VALKYRIE_TEST_KAFKA_BROKERS='?([^'\s]+)/.exec(said)?.[1];
    if (!brokers) throw new Error(`xtask services up did not say where Kafka is: ${said}`);
    return new OwnKafka(brokers, folder);
  }

  /** Ends it between two lines; its data and its port stay. */
  async kill(): Promise<void> {
    await services(this.folder, 'stop', 'kafka', '--kill');
  }

  /** Starts it again, and waits until it answers. */
  async restart(): Promise<void> {
    await services(this.folder, 'start', 'kafka');
  }

  /** Ends it, and removes its data. */
  async drop(): Promise<void> {
    await services(this.folder, 'down', 'kafka');
    await dropFolder(this.folder);
  }
}

async function services(folder: string, ...args: string[]): Promise<string> {
  const file = process.env.VALKYRIE_TEST_XTASK;
  if (!file) throw new Error('VALKYRIE_TEST_XTASK is not set: it names the program target/debug/xtask');
  const cache = process.env.XDG_CACHE_HOME;
  const environment = { VALKYRIE_SERVICES_DIR: folder, ...(cache === undefined ? {} : { XDG_CACHE_HOME: cache }) };
  const command = { name: 'xtask', file, args: ['services', ...args], cwd: REPOSITORY, environment };
  const { code, stdout, stderr } = await run(command);
  if (code !== 0) throw new Error(`xtask services ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}
