/** The publisher's own tables in the catalog's database. Migrations make them. */
export const PUBLISHED = 'midgard_catalog_published';
export const OUTBOX = 'midgard_catalog_outbox';
export const RECHECK = 'midgard_catalog_recheck';
export const REJECTED = 'midgard_catalog_rejected';
export const STATE = 'midgard_catalog_state';

/** What was last said of an entity: JSON without what is redacted. */
export interface PublishedRow {
  entity_ref: string;
  kind: string;
  fingerprint: string;
  entity: string;
}

/** An entity whose present state can't be published. */
export interface RejectedRow {
  entity_ref: string;
  kind: string;
  topic: string;
  type: string;
  reason: 'too-large' | 'refused' | 'unreadable';
  detail: string;
  fingerprint: string;
  bytes: number;
  /** Milliseconds since 1970. */
  rejected_at: number;
}

/** The kind in an entity reference, in lower case as the catalog writes it. */
export function kindOf(entityRef: string): string {
  return entityRef.slice(0, entityRef.indexOf(':')).toLowerCase();
}
