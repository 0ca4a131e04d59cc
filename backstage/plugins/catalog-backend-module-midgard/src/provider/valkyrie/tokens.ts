import { Credentials } from '../config';
import { ValkyrieError } from './errors';
import { requestJson } from './request';

/** A token this close to its end is not used any more, in milliseconds. */
const SKEW = 30_000;

/** Gives bearer tokens for Valkyrie, and keeps one for as long as it is good. */
export class Tokens {
  #current: { token: string; until: number } | undefined;

  constructor(
    private readonly credentials: Credentials,
    private readonly limit: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws ValkyrieError if there is none to be had */
  async token(): Promise<string> {
    if (this.credentials.type === 'static') return this.credentials.token;
    if (this.#current && this.now() < this.#current.until) return this.#current.token;
    this.#current = await this.#ask(this.credentials);
    return this.#current.token;
  }

  /** The token was refused: the next one is a new one. */
  forget(): void {
    this.#current = undefined;
  }

  async #ask({ tokenUrl, clientId, clientSecret, scope }: Extract<Credentials, { type: 'oidc' }>) {
    const basic = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
    const answer = await requestJson(
      tokenUrl,
      {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(basic).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope ? { scope } : {}) }).toString(),
      },
      this.limit,
    );
    const { access_token: token, expires_in: seconds } = (answer ?? {}) as Record<string, unknown>;
    if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
      throw new ValkyrieError(`${tokenUrl} answered without an access_token of printable ASCII`);
    }
    const lifetime = typeof seconds === 'number' ? seconds * 1_000 : 60_000;
    return { token, until: this.now() + Math.max(lifetime - SKEW, 0) };
  }
}
