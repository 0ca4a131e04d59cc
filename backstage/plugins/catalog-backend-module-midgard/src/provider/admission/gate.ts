import {
  DefaultNamespaceEntityPolicy,
  Entity,
  EntityPolicies,
  FieldFormatEntityPolicy,
  NoForeignRootFieldsEntityPolicy,
  SchemaValidEntityPolicy,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { JsonValue } from '@backstage/types';
import { checkKind } from './kinds';
import { checkLinks } from './links';
import { checkContent } from './content';
import { RefusedEntityError } from './refusal';

/** What may come in. */
export interface Rules {
  /** In lower case. */
  kinds: string[];
  /** In lower case. */
  namespaces: string[];
  maxEntityBytes: number;
}

/** The catalog takes invalid entities in silence, and never shows them: so they are judged here, before. */
const policy = EntityPolicies.allOf([
  new SchemaValidEntityPolicy(),
  new DefaultNamespaceEntityPolicy(),
  new NoForeignRootFieldsEntityPolicy(),
  new FieldFormatEntityPolicy(),
]);

/**
 * Judges one document that came from outside. What it returns holds nothing that only the catalog may say.
 *
 * @param place what to call the document if it has no name
 * @throws RefusedEntityError
 */
export async function admit(rules: Rules, place: string, document: JsonValue): Promise<Entity> {
  const name = nameOf(document) ?? place;
  checkContent(name, document);
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes > rules.maxEntityBytes) {
    throw new RefusedEntityError(name, `it has ${bytes} bytes, and ${rules.maxEntityBytes} are allowed`);
  }
  const entity = await judged(name, () => policy.enforce(document as unknown as Entity));
  if (!entity) throw new RefusedEntityError(name, 'it is no entity');
  const { kind, metadata } = entity;
  if (!rules.kinds.includes(kind.toLowerCase())) {
    throw new RefusedEntityError(name, `its kind is '${kind}', and only ${rules.kinds.join(', ')} are allowed`);
  }
  const namespace = metadata.namespace ?? 'default';
  if (!rules.namespaces.includes(namespace.toLowerCase())) {
    const allowed = rules.namespaces.join(', ');
    throw new RefusedEntityError(name, `its namespace is '${namespace}', and only ${allowed} are allowed`);
  }
  await judged(name, () => checkKind(entity));
  await judged(name, async () => checkLinks(entity));
  const { uid: _uid, etag: _etag, ...kept } = metadata;
  const { apiVersion, spec } = entity;
  return { apiVersion, kind, metadata: kept, ...(spec === undefined ? {} : { spec }) };
}

/** Policies and validators throw what is wrong as any error. */
async function judged<T>(name: string, judge: () => Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch (error) {
    throw new RefusedEntityError(name, error instanceof Error ? error.message : String(error));
  }
}

/** Its reference, if it has one. */
function nameOf(document: JsonValue): string | undefined {
  try {
    return stringifyEntityRef(document as unknown as Entity).slice(0, 200);
  } catch {
    return undefined;
  }
}
