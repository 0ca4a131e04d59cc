import { JsonValue } from '@backstage/types';

/** An answer in JSON; `undefined` if it had no body, or one that is no JSON. */
export interface Answer<T = JsonValue> {
  status: number;
  body: T;
}

/** What to ask with. */
export interface Ask {
  method?: string;
  token?: string;
  headers?: Record<string, string>;
  json?: unknown;
}

/** Asks once. */
export async function ask<T = unknown>(url: string, given: Ask = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { ...given.headers };
  if (given.token !== undefined) headers.authorization = `Bearer ${given.token}`;
  if (given.json !== undefined) headers['content-type'] ??= 'application/json';
  const response = await fetch(url, {
    method: given.method ?? 'GET',
    headers,
    ...(given.json === undefined ? {} : { body: JSON.stringify(given.json) }),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  return { status: response.status, body: parse(text) as T };
}

/** @throws Error if the status is another */
export function expectStatus<T>(answer: Answer<T>, ...statuses: number[]): T {
  if (statuses.includes(answer.status)) return answer.body;
  throw new Error(`expected status ${statuses.join(' or ')}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
