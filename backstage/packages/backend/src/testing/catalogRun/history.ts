import { Entity } from '@backstage/catalog-model';
import { isDeepStrictEqual } from 'node:util';
import { VERSION } from './entities';
import { CatalogRun, Said } from './run';
import { SeenEvent } from './topics';

/** What the topics hold, held against a run. */
export interface Verdict {
  /** What is wrong; nothing, if all is well. */
  faults: string[];
  /** Events without doubles. */
  events: number;
  /** Events that came again with the id of one before. */
  doubles: number;
  /** Events that tell only of relations that others have made or ended. */
  relationsOnly: number;
  /** What a reader knows at the end. */
  known: Map<string, Entity>;
}

/**
 * Holds the events of a whole run, in the order of their partitions, against what the catalog went through:
 *
 * - each event follows from the one before it on the same entity, and its type and `previous` say so;
 * - an entity that nobody refers to has exactly one event for each of its states, in their order, and none for a state
 *   that was written again or whose redacted fields alone changed;
 * - one that others refer to has, besides, events in which only its relations changed;
 * - what comes again has the id and the content of what came before.
 */
export function judge(events: SeenEvent[], run: CatalogRun): Verdict {
  const verdict: Verdict = { faults: [], events: 0, doubles: 0, relationsOnly: 0, known: new Map() };
  const ids = new Map<string, SeenEvent>();
  const told = new Map<string, Said[]>();
  for (const seen of events) {
    const before = ids.get(seen.id);
    if (before) {
      verdict.doubles += 1;
      if (!isDeepStrictEqual(before, seen)) verdict.faults.push(`${seen.id} of ${seen.key} came again with another content`);
      continue;
    }
    ids.set(seen.id, seen);
    verdict.events += 1;
    judgeOne(seen, run, verdict, told);
  }
  for (const [ref, story] of run.stories) {
    const got = told.get(ref) ?? [];
    if (!isDeepStrictEqual(got, story)) verdict.faults.push(`${ref} should be told as ${show(story)}, and is as ${show(got)}`);
  }
  for (const ref of told.keys()) if (!run.stories.has(ref)) verdict.faults.push(`${ref} should not be told of`);
  return verdict;
}

function judgeOne(seen: SeenEvent, run: CatalogRun, verdict: Verdict, told: Map<string, Said[]>): void {
  const { topic, key, subject, entityRef, entity, previous } = seen;
  const fault = (text: string) => void verdict.faults.push(`${seen.type} ${seen.id} of ${entityRef}: ${text}`);
  const type = /^backstage\.catalog\.entity\.(created|updated|deleted)\.v1$/.exec(seen.type)?.[1] as Said['type'] | undefined;
  if (!type) return fault('its type is unknown');
  const before = verdict.known.get(entityRef);
  const follows = { created: !before && entity, updated: before && entity, deleted: before && !entity }[type];
  if (!follows) fault(`does not follow from ${before ? 'an entity that was there' : 'an entity that was not there'}`);
  if (!isDeepStrictEqual(previous, before ?? null)) fault('its previous is not what was said before');
  if (key !== entityRef || subject !== entityRef) fault(`its key is ${key}, and its subject ${subject}`);
  if (!topic.endsWith(`.${entityRef.split(':')[0]}`)) fault(`it stands on ${topic}`);
  if (entity) verdict.known.set(entityRef, entity);
  else verdict.known.delete(entityRef);
  if (type === 'updated' && before && entity && versionOf(before) === versionOf(entity)) {
    verdict.relationsOnly += 1;
    if (!run.referredTo.has(entityRef)) fault('it tells of nothing new');
    else if (!isDeepStrictEqual(withoutRelations(before), withoutRelations(entity))) fault('more than relations changed in a state');
    else if (isDeepStrictEqual(before.relations, entity.relations)) fault('nothing changed in it');
    return;
  }
  const story = told.get(entityRef) ?? [];
  told.set(entityRef, [...story, { type, version: versionOf((entity ?? previous)!) }]);
}

function versionOf(entity: Entity): string {
  return entity.metadata.annotations?.[VERSION] ?? 'none';
}

/** The etag is made from all of an entity, and changes with its relations. */
function withoutRelations({ relations: _, ...entity }: Entity) {
  const { etag: _etag, ...metadata } = entity.metadata;
  return { ...entity, metadata };
}

function show(story: Said[]): string {
  return story.map(({ type, version }) => `${type} ${version}`).join(', ') || 'nothing';
}
