import { setTimeout } from 'node:timers/promises';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Exclusive, Ledger } from './ledger';

/** Nobody deletes so many entities by hand between two looks, and leaves none. */
const NO_HAND = 10;
/** How long the last look may take, in milliseconds. */
const LAST_LOOK = 2_000;

/**
 * Notices what is deleted in Backstage soon after it was, and tells it from an eviction: a Backstage that starts without this
 * provider, be it for a day, drops all of its entities. Those come back when it returns.
 */
export class Lookout {
  constructor(
    private readonly provider: string,
    private readonly locationKey: string,
    private readonly exclusive: Exclusive,
    private readonly logger: LoggerService,
  ) {}

  /** At the start: if nothing at all is left, the provider was away. What was deleted by hand was noticed before. */
  arrive(): Promise<'well' | 'evicted'> {
    return this.#look(1);
  }

  /** From time to time. */
  look(): Promise<'well' | 'evicted'> {
    return this.#look(NO_HAND);
  }

  /** At the end, so that {@link arrive} knows what was deleted by hand until now. It never keeps Backstage from stopping. */
  async leave(): Promise<void> {
    const looking = this.look().catch(error => {
      this.logger.warn(`midgard provider '${this.provider}' could not look for deletions at its end: ${error}`);
    });
    await Promise.race([looking, setTimeout(LAST_LOOK, undefined, { ref: false })]);
  }

  #look(noHand: number): Promise<'well' | 'evicted'> {
    return this.exclusive.run(async db => {
      const ledger = new Ledger(db, this.provider);
      const { gone, there } = await ledger.missing(this.locationKey);
      if (there === 0 && gone.length >= noHand) {
        this.logger.warn(`midgard provider '${this.provider}': all ${gone.length} entities are gone, and are brought anew`);
        await ledger.forget();
        return 'evicted';
      }
      if (gone.length > 0) {
        this.logger.info(`midgard provider '${this.provider}' does not bring back what was deleted: ${gone.join(', ')}`);
        await ledger.markDeleted(gone);
      }
      return 'well';
    });
  }
}
