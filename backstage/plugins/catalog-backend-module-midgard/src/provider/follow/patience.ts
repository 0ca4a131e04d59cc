import { Knex } from 'knex';

/** So often may one record fail while the database answers. */
const MOST_ATTEMPTS = 5;

/** Tells whether a failure is the record's, or that of a database that is away. */
export class Patience {
  #attempts = 0;

  constructor(private readonly knex: Knex) {}

  /** How often the record itself failed. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Counts a failure. `true` if there should be no more tries. A database that is away is waited for without end. */
  async isExhausted(error: unknown): Promise<boolean> {
    if (!isOutage(error) && (await this.#answers())) this.#attempts += 1;
    return this.#attempts >= MOST_ATTEMPTS;
  }

  async #answers(): Promise<boolean> {
    try {
      await this.knex.raw('SELECT 1');
      return true;
    } catch {
      return false;
    }
  }
}

/** Errors of the network and of a server that starts, stops, is full or is read-only: they say nothing about the record. */
function isOutage(error: unknown): boolean {
  const code = String((error as { code?: unknown } | undefined)?.code ?? '');
  const network = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'];
  if (network.includes(code)) return true;
  if (/^(08|25|40|53|55|57|58)...$/.test(code)) return true;
  if (/^SQLITE_(BUSY|LOCKED|IOERR|FULL|READONLY|CANTOPEN)/.test(code)) return true;
  const text = error instanceof Error ? `${error.name} ${error.message}` : '';
  return /KnexTimeoutError|Connection (ended|terminated)|Client has encountered a connection error/i.test(text);
}
