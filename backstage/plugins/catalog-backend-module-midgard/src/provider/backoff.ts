import { setTimeout } from 'node:timers/promises';

/**
 * The wait before each next try: it doubles from `first` to `longest`, in milliseconds. It has no jitter: there are never
 * more of us than replicas of Backstage.
 */
export class Backoff {
  #next: number;

  constructor(
    private readonly first = 250,
    private readonly longest = 15_000,
  ) {
    this.#next = first;
  }

  /** Waits; less if `stop` comes. */
  async wait(stop: AbortSignal): Promise<void> {
    const delay = this.#next;
    this.#next = Math.min(delay * 2, this.longest);
    await setTimeout(delay, undefined, { signal: stop }).catch(() => undefined);
  }

  /** It went well: the next wait is a short one again. */
  reset(): void {
    this.#next = this.first;
  }
}
