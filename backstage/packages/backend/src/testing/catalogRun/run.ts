import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { Identity, identity, Neighbours, people, PublishedKind, PUBLISHED_KINDS, stateOf, VERSION, withOtherSecrets } from './entities';
import { Random } from './random';

/** One request to the catalog. */
export interface Mutation {
  added: Entity[];
  removed: string[];
}

/** A part of a run, after which the catalog is waited for. */
export interface Wave {
  name: 'register' | 'change' | 'remove';
  mutations: Mutation[];
  /** All that the catalog has after it, by reference. */
  catalog: Map<string, Entity>;
}

/** What has to be said of an entity in the course of a run. */
export interface Said {
  type: 'created' | 'updated' | 'deleted';
  /** Of the state that is reached; the last one for `deleted`. */
  version: string;
}

/** How large a run is. */
export interface RunSize {
  /** Entities that are registered, changed and removed. */
  entities: number;
  /** Entities that are registered and changed, and stay. */
  staying?: number;
}

/** How many requests bring in the entities of a wave. */
const REQUESTS = 5;

/**
 * What happens to a catalog: entities of all published kinds are registered, changed and removed, with people and teams
 * among them. The same seed gives the same run.
 */
export class CatalogRun {
  readonly waves: Wave[] = [];
  /** By reference; people and teams are not in it. */
  readonly stories = new Map<string, Said[]>();
  /** Entities that others refer to: with each of those their relations change, and that is news. */
  readonly referredTo = new Set<string>();

  readonly #random: Random;
  readonly #identities = new Map<string, Identity>();
  readonly #neighbours: Neighbours;
  readonly #now = new Map<string, Entity>();
  readonly #leaving: string[];

  constructor(seed: number, { entities, staying = Math.ceil(entities / 20) }: RunSize) {
    this.#random = new Random(seed);
    for (let index = 0; index < entities + staying; index += 1) {
      const of = identity(kindAt(index), index, this.#random);
      this.#identities.set(stringifyEntityRef(of), of);
    }
    const { groups, entities: organisation } = people(10, 40);
    const refs = [...this.#identities.keys()];
    const ofKind = (kind: PublishedKind) => refs.filter(ref => this.#identities.get(ref)!.kind === kind);
    const [systems, domains, apis, resources] = [ofKind('System'), ofKind('Domain'), ofKind('API'), ofKind('Resource')];
    this.#neighbours = { groups, systems, domains, apis, resources };
    for (const ref of [...systems, ...domains, ...apis, ...resources]) this.referredTo.add(ref);
    this.#leaving = this.#random.shuffle(refs).slice(0, entities);
    this.#register(organisation);
    this.#change();
    this.#remove();
  }

  #register(organisation: Entity[]): void {
    for (const entity of organisation) this.#now.set(stringifyEntityRef(entity), entity);
    const states = [...this.#identities.keys()].map(ref => this.#next(ref, 'created'));
    this.#wave('register', this.#requests([...organisation, ...states]));
  }

  /** Most get another state; some only other secrets, some the same once more, and some are removed and come back. */
  #change(): void {
    const added: Entity[] = [];
    const reborn: string[] = [];
    for (const [ref, { secretive }] of this.#identities) {
      const fate = this.#random.fraction();
      if (secretive && fate < 0.4) added.push(this.#put(ref, withOtherSecrets(this.#now.get(ref)!, this.#random)));
      else if (fate < 0.05) added.push(this.#now.get(ref)!);
      else if (fate < 0.1) reborn.push(ref);
      else added.push(this.#next(ref, 'updated'));
    }
    for (const ref of reborn) this.#gone(ref);
    const again = reborn.map(ref => this.#next(ref, 'created'));
    const requests = this.#requests(added);
    this.#wave('change', [...requests, { added: [], removed: reborn }, { added: again, removed: [] }]);
  }

  #remove(): void {
    for (const ref of this.#leaving) this.#gone(ref);
    const size = Math.ceil(this.#leaving.length / REQUESTS);
    const requests = Array.from({ length: REQUESTS }, (_, index) => ({
      added: [],
      removed: this.#leaving.slice(index * size, (index + 1) * size),
    }));
    this.#wave('remove', requests);
  }

  #next(ref: string, type: 'created' | 'updated'): Entity {
    const story = this.stories.get(ref) ?? [];
    const version = story.length + 1;
    this.stories.set(ref, [...story, { type, version: String(version) }]);
    return this.#put(ref, stateOf(this.#identities.get(ref)!, version, this.#neighbours, this.#random));
  }

  #put(ref: string, entity: Entity): Entity {
    this.#now.set(ref, entity);
    return entity;
  }

  #gone(ref: string): void {
    const version = this.#now.get(ref)!.metadata.annotations![VERSION]!;
    this.stories.get(ref)!.push({ type: 'deleted', version });
    this.#now.delete(ref);
  }

  #requests(entities: Entity[]): Mutation[] {
    const shuffled = this.#random.shuffle(entities);
    const size = Math.ceil(shuffled.length / REQUESTS);
    return Array.from({ length: REQUESTS }, (_, index) => ({
      added: shuffled.slice(index * size, (index + 1) * size),
      removed: [],
    }));
  }

  #wave(name: Wave['name'], mutations: Mutation[]): void {
    this.waves.push({ name, mutations, catalog: new Map(this.#now) });
  }
}

/** Kinds in the shares that they should have, spread evenly. */
function kindAt(index: number): PublishedKind {
  const kinds = Object.entries(PUBLISHED_KINDS).flatMap(([kind, share]) => Array<PublishedKind>(share).fill(kind as PublishedKind));
  return kinds[(index * 37) % kinds.length]!;
}
