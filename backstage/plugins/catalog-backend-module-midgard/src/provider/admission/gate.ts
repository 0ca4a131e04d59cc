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
  const entity = await valid(name, document);
  const { kind, metadata } = entity;
  if (!rules.kinds.includes(kind.toLowerCase())) {
    throw new RefusedEntityError(name, `its kind is '${kind}', and only ${rules.kinds.join(', ')} are allowed`);
  }
  const namespace = metadata.namespace ?? 'default';
  if (!rules.namespaces.includes(namespace.toLowerCase())) {
    const allowed = rules.namespaces.join(', ');
    throw new RefusedEntityError(name, `its namespace is '${namespace}', and only ${allowed} are allowed`);
  }
  const { uid: _uid, etag: _etag, ...kept } = metadata;
  const { apiVersion, spec } = entity;
  return { apiVersion, kind, metadata: kept, ...(spec === undefined ? {} : { spec }) };
}

async function valid(name: string, document: JsonValue): Promise<Entity> {
  try {
    const entity = await policy.enforce(document as unknown as Entity);
    if (!entity) throw new RefusedEntityError(name, 'it is no entity');
    await checkKind(entity);
    return entity;
  } catch (error) {
    if (error instanceof RefusedEntityError) throw error;
    throw new RefusedEntityError(name, error instanceof Error ? error.message : String(error));
  }
}

function nameOf(document: JsonValue): string | undefined {
  try {
    return stringifyEntityRef(document as unknown as Entity).slice(0, 200);
  } catch {
    return undefined;
  }
}
