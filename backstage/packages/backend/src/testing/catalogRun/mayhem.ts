import { Random } from './random';

/** What may be killed at any moment, and goes on when it is started again. */
export interface Victim {
  name: string;
  kill(): Promise<void>;
  start(): Promise<void> | void;
}

const LONGEST_PAUSE_MILLISECONDS = 2_000;

/** Kills with SIGKILL at moments that a seed picks, and starts again. Several may be away at once. */
export class Mayhem {
  readonly #random: Random;
  readonly #done: string[] = [];

  constructor(
    seed: number,
    private readonly victims: Victim[],
  ) {
    this.#random = new Random(seed);
  }

  /** Kills each of these once, within a time; returns when all were started again. */
  async strike(withinMilliseconds: number, ...names: string[]): Promise<void> {
    const victims = this.victims.filter(({ name }) => names.includes(name));
    const moments = victims.map(() => [
      this.#random.between(0, withinMilliseconds),
      this.#random.between(0, LONGEST_PAUSE_MILLISECONDS),
    ]);
    await Promise.all(
      victims.map(async ({ name, kill, start }, index) => {
        const [after, pause] = moments[index] as [number, number];
        await sleep(after);
        await kill();
        await sleep(pause);
        await start();
        this.#done.push(`${name} after ${after} ms for ${pause} ms`);
      }),
    );
  }

  /** What was done, to explain what came of it. */
  get story(): string {
    return this.#done.join(', ');
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}
