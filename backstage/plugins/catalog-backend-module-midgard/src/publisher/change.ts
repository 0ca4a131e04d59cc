import { JsonObject } from '@backstage/types';
import { fingerprint } from './fingerprint';
import { Redaction } from './redaction';

/** An entity as it may be shown, and what tells it from other states of it. */
export interface EntityState {
  entity: JsonObject;
  fingerprint: string;
}

/** What became of an entity since something was last said of it. */
export type Change =
  | { type: 'created'; entity: EntityState; previous: null }
  | { type: 'updated'; entity: EntityState; previous: JsonObject }
  | { type: 'deleted'; entity: null; previous: JsonObject };

/** Finds out what is news. */
export class ChangeDetector {
  constructor(private readonly redaction: Redaction) {}

  /** The state of an entity as the catalog has it, without what is redacted. */
  stateOf(entity: JsonObject): EntityState {
    const shown = this.redaction.apply(entity);
    return { entity: shown, fingerprint: fingerprint(shown, !this.redaction.active) };
  }

  /** What is news about an entity, if anything: a change of redacted fields only is none. */
  compare(published: EntityState | undefined, current: EntityState | null): Change | undefined {
    if (published === undefined) return current === null ? undefined : { type: 'created', entity: current, previous: null };
    if (current === null) return { type: 'deleted', entity: null, previous: this.redaction.apply(published.entity) };
    if (this.#same(published, current)) return undefined;
    return { type: 'updated', entity: current, previous: this.redaction.apply(published.entity) };
  }

  /** Fingerprints that differ may only have been made under other rules of redaction. */
  #same(published: EntityState, current: EntityState): boolean {
    if (published.fingerprint === current.fingerprint) return true;
    return fingerprint(published.entity, !this.redaction.active) === current.fingerprint;
  }
}
