import { InputError } from '@backstage/errors';
import { JsonObject, JsonValue } from '@backstage/types';

/** Without these nobody would know what an event is about. */
const IDENTITY = [[], ['kind'], ['apiVersion'], ['metadata'], ['metadata', 'name'], ['metadata', 'namespace']];

/**
 * Takes fields out of entities before anybody else sees them. Fields are named by JSON pointers (RFC 6901) in which `*`
 * stands for every field of an object and every item of a list.
 *
 * `metadata.etag` goes along with them: the catalog makes it from the whole entity, so a guess at a hidden value could be
 * proven with it.
 */
export class Redaction {
  readonly #paths: string[][];

  /** @throws InputError for a text that is no pointer, or a field that names the entity */
  constructor(pointers: string[]) {
    this.#paths = pointers.map(parse);
  }

  /** Whether anything is ever taken out. */
  get active(): boolean {
    return this.#paths.length > 0;
  }

  /** The entity without its redacted fields. The given one stays as it is. */
  apply(entity: JsonObject): JsonObject {
    if (!this.active) return entity;
    const copy = structuredClone(entity);
    const found = this.#paths.filter(path => remove(copy, path));
    if (found.length > 0) remove(copy, ['metadata', 'etag']);
    return copy;
  }
}

function parse(pointer: string): string[] {
  if ((pointer !== '' && !pointer.startsWith('/')) || /~(?![01])/.test(pointer)) {
    throw new InputError(
      `midgard.publisher.redact has '${pointer}', and must have JSON pointers like /spec/profile/email or ` +
        `/metadata/annotations/example.com~1secret`,
    );
  }
  const segments = pointer.split('/').slice(1);
  const path = segments.map(segment => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (IDENTITY.some(field => means(path, field))) {
    const why = `which says what an entity is and can't be left out`;
    throw new InputError(`midgard.publisher.redact has '${pointer}', ${why}`);
  }
  return path;
}

/** Whether a path with `*` stands for this field as well. */
function means(path: string[], field: string[]): boolean {
  return path.length === field.length && path.every((segment, index) => segment === '*' || segment === field[index]);
}

/** Whether something was there to remove. */
function remove(value: JsonValue | undefined, [segment, ...rest]: string[]): boolean {
  if (typeof value !== 'object' || value === null || segment === undefined) return false;
  const container = value as Record<string, JsonValue>;
  // From the last item on, since those behind a removed one move.
  const names = Object.keys(container).reverse().filter(name => segment === '*' || segment === name);
  let removed = false;
  for (const name of names) {
    if (rest.length > 0) {
      removed = remove(container[name], rest) || removed;
    } else {
      if (Array.isArray(value)) value.splice(Number(name), 1);
      else delete container[name];
      removed = true;
    }
  }
  return removed;
}
