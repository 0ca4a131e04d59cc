import { LoggerService } from '@backstage/backend-plugin-api';
import { HealthPart } from '../health';
import { Round } from './pump';
import { Sender } from './sender';

/** How often Kafka is asked whether it is there, when there is nothing to say. */
const CHECK_MILLISECONDS = 15_000;
/** How long a topic rests that could not be written to. */
const TOPIC_REST_MILLISECONDS = 5_000;
const SHORTEST_BACKOFF_MILLISECONDS = 200;
const LONGEST_BACKOFF_MILLISECONDS = 15_000;

/** What the loop drives. */
export interface Rounds {
  round(waiting: string[]): Promise<Round | undefined>;
}

/** Runs the pump until it is stopped: waits when there is nothing to do, and longer each time that Kafka is away. */
export class PumpLoop {
  readonly #waiting = new Map<string, { until: number; detail: string }>();
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #failures = 0;
  #checkAt = 0;

  constructor(
    private readonly pump: Rounds,
    private readonly sender: Pick<Sender, 'check' | 'close'>,
    private readonly health: HealthPart,
    private readonly logger: LoggerService,
    private readonly pollMilliseconds: number,
  ) {}

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends after the round that is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake?.();
    await this.#running;
    await this.sender.close();
  }

  /** There is something to do. */
  wake(): void {
    this.#wake?.();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      let pause: number;
      try {
        pause = await this.#turn();
        this.#failures = 0;
      } catch (error) {
        pause = this.#failed(error);
      }
      if (pause > 0) await this.#sleep(pause);
    }
  }

  /** One round, and how long to wait after it. */
  async #turn(): Promise<number> {
    const now = Date.now();
    const resting = [...this.#waiting].filter(([, { until }]) => until > now).map(([kind]) => kind);
    const round = await this.pump.round(resting);
    if (round === undefined && now >= this.#checkAt) {
      await this.sender.check();
      this.#checkAt = now + CHECK_MILLISECONDS;
    }
    for (const [kind, { until }] of this.#waiting) if (until <= now && !round?.failures.has(kind)) this.#waiting.delete(kind);
    if (round) this.#note(round);
    this.#report();
    return round && round.done > 0 ? 0 : this.pollMilliseconds;
  }

  #note({ failures, parked }: Round): void {
    for (const { entity_ref, reason, detail, bytes } of parked) {
      this.logger.warn(`midgard parked ${entity_ref}: its present state can't be published (${reason})`, { detail, bytes });
    }
    for (const [kind, failure] of failures) {
      if (failure.problem === 'away') throw failure;
      if (!this.#waiting.has(kind)) this.logger.warn(`midgard waits with events of kind ${kind}: ${failure.message}`);
      this.#waiting.set(kind, { until: Date.now() + TOPIC_REST_MILLISECONDS, detail: failure.message });
    }
  }

  #report(): void {
    if (this.#waiting.size === 0) this.health.ok();
    else this.health.failing([...this.#waiting].map(([kind, { detail }]) => `${kind} waits: ${detail}`).join('; '));
  }

  #failed(error: unknown): number {
    const detail = error instanceof Error ? error.message : String(error);
    if (this.#failures === 0) this.logger.warn(`midgard can't publish, and tries again until it can: ${detail}`);
    this.health.failing(`can't publish: ${detail}`);
    this.#checkAt = 0;
    const pause = Math.min(SHORTEST_BACKOFF_MILLISECONDS * 2 ** this.#failures, LONGEST_BACKOFF_MILLISECONDS);
    this.#failures += 1;
    return pause * (0.75 + Math.random() / 2);
  }

  async #sleep(milliseconds: number): Promise<void> {
    if (this.#stop.signal.aborted) return;
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
