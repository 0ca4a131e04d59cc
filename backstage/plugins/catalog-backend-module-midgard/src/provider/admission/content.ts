import { JsonValue } from '@backstage/types';
import { RefusedEntityError } from './refusal';

const DEEPEST = 64;

/**
 * Refuses what would be trouble anywhere in a document.
 *
 * @throws RefusedEntityError
 */
export function checkContent(name: string, document: JsonValue): void {
  const open: Array<{ value: JsonValue | undefined; depth: number }> = [{ value: document, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (depth > DEEPEST) throw new RefusedEntityError(name, `it is nested deeper than ${DEEPEST} levels`);
    if (typeof value === 'string') checkText(name, value);
    if (typeof value !== 'object' || value === null) continue;
    const keys = Array.isArray(value) ? [] : Object.keys(value);
    for (const key of keys) checkText(name, key);
    checkPlaceholder(name, keys);
    for (const inner of Object.values(value)) open.push({ value: inner, depth: depth + 1 });
  }
}

/** Postgres stores no NUL character: the entity would be taken in, and never be shown. */
function checkText(name: string, text: string): void {
  if (text.includes('\0')) throw new RefusedEntityError(name, 'it has a NUL character in a text');
}

/**
 * The catalog replaces `{$text: address}` and the like by what it reads from that address, with its own rights. Who may
 * write to a topic may not make Backstage read addresses.
 */
function checkPlaceholder(name: string, keys: string[]): void {
  const [key] = keys;
  if (keys.length === 1 && key?.startsWith('$') && key !== '$ref') {
    throw new RefusedEntityError(name, `it has the placeholder '${key}', and must hold its content itself`);
  }
}
