import { JsonValue } from '@backstage/types';
import { ValkyrieError } from './errors';

/** The largest answer that is read, in bytes: a page of tasks, each with a few entities. */
const LARGEST_ANSWER = 128 * 1024 * 1024;

/**
 * Asks and reads a JSON answer.
 *
 * @param limit milliseconds
 * @throws ValkyrieError if there is no answer, none in time, or another status than 200
 */
export async function requestJson(url: string, init: RequestInit, limit: number, stop?: AbortSignal): Promise<JsonValue> {
  const where = url.split('?')[0];
  const timeout = AbortSignal.timeout(limit);
  const signal = stop ? AbortSignal.any([timeout, stop]) : timeout;
  try {
    // A redirect could take the token to somebody else.
    const response = await fetch(url, { ...init, redirect: 'error', signal });
    const body = await readBody(response, where);
    if (response.status !== 200) {
      throw new ValkyrieError(`${where} answered ${response.status}${saying(body)}`, response.status);
    }
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof ValkyrieError) throw error;
    if (timeout.aborted) throw new ValkyrieError(`${where} did not answer within ${limit} ms`);
    throw new ValkyrieError(`${where} can't be asked: ${causeOf(error)}`);
  }
}

/** Counts while it reads: an answer without end must not fill the memory. */
async function readBody(response: Response, where: string | undefined): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > LARGEST_ANSWER) throw new ValkyrieError(`${where} answered with more than ${LARGEST_ANSWER} bytes`);
    pieces.push(piece);
  }
  return new TextDecoder().decode(Buffer.concat(pieces));
}

/** What a problem document or an OAuth error says about itself. */
function saying(body: string): string {
  try {
    const { title, detail, error, error_description: description } = JSON.parse(body);
    const words = [title, detail, error, description].filter(word => typeof word === 'string');
    return words.length > 0 ? `: ${words.join(': ').slice(0, 300)}` : '';
  } catch {
    return '';
  }
}

/** fetch hides why it failed in its error's cause. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
}
