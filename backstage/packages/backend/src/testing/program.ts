import { ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A program that was asked to stop has so long, in milliseconds. */
const LONGEST_STOP = 40_000;

/** What to run. */
export interface Command {
  /** How messages call it. */
  name: string;
  file: string;
  args: string[];
  cwd?: string;
  environment: Record<string, string>;
}

/** How a program ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A program that runs beside the test, can be killed and started again, and never outlives the test. */
export class Program {
  #child: ChildProcess | undefined;
  readonly #output: string[] = [];

  constructor(private readonly command: Command) {}

  start(): void {
    if (this.running) throw new Error(`${this.command.name} runs already`);
    const child = spawnCommand(this.command);
    const keep = (text: string) => void this.#output.push(text);
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    this.#child = child;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it said, on both streams, over all its lives. */
  get output(): string {
    return this.#output.join('');
  }

  /** @throws Error with the last it said, if it ended by itself */
  checkRunning(): void {
    if (this.running) return;
    throw new Error(`${this.command.name} does not run any more (code ${this.#child?.exitCode}):\n${this.#tail()}`);
  }

  /** Ends it between two lines. */
  async kill(): Promise<void> {
    this.checkRunning();
    const exit = once(this.#child!, 'exit');
    this.#child!.kill('SIGKILL');
    await exit;
  }

  /** Asks it to stop; returns its exit code. */
  async stop(): Promise<number> {
    this.checkRunning();
    const exit = once(this.#child!, 'exit');
    this.#child!.kill('SIGTERM');
    const late = setTimeout(() => this.#child!.kill('SIGKILL'), LONGEST_STOP);
    const [code, signal] = await exit;
    clearTimeout(late);
    if (code === null) throw new Error(`${this.command.name} did not stop, but ended by ${signal}:\n${this.#tail()}`);
    return code;
  }

  /** Ends it, however it stands. */
  async dispose(): Promise<void> {
    if (this.running) await this.kill();
  }

  #tail(): string {
    return this.output.slice(-3_000);
  }
}

/** Runs a command to its end. */
export async function run(command: Command): Promise<Ended> {
  const child = spawnCommand(command);
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', text => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', text => (stderr += text));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

/**
 * A port that nobody listens on at the moment. It is below those that the system gives to connections (from 32768 on):
 * nobody's connection takes it while the program that was told it starts.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    const server = createServer().listen(port, '127.0.0.1');
    const listening = await once(server, 'listening').then(
      () => true,
      error => {
        if (error.code !== 'EADDRINUSE') throw error;
        return false;
      },
    );
    if (!listening) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

const children = new Set<ChildProcess>();

/** A test that is cut short leaves nothing behind. */
function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

process.once('exit', endAll);
// Of an end by one of these nobody is told, and vitest lets no test call process.exit.
for (const sign of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) {
  process.once(sign, () => {
    endAll();
    process.kill(process.pid, 'SIGKILL');
  });
}

function spawnCommand({ file, args, cwd, environment }: Command): ChildProcess {
  const child = spawn(file, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TZ: 'UTC', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}
