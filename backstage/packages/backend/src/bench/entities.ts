import type { Entity } from '@backstage/catalog-model';
import { Random } from '../testing/catalogRun';
import { identity, PublishedKind, PUBLISHED_KINDS, stateOf } from '../testing/catalogRun/entities';

/** Whom they refer to is not in the catalog, so that each is stitched once. */
const ELSEWHERE = {
  groups: ['group:elsewhere/team'],
  systems: ['system:elsewhere/system'],
  domains: ['domain:elsewhere/domain'],
  apis: ['api:elsewhere/api'],
  resources: ['resource:elsewhere/resource'],
};

/** Entities of all published kinds. */
export function entitiesOf(count: number): Entity[] {
  const random = new Random(count);
  const kinds = Object.keys(PUBLISHED_KINDS) as PublishedKind[];
  return Array.from({ length: count }, (_, index) => {
    const of = identity(kinds[index % kinds.length]!, index, random);
    return stateOf(of, 1, ELSEWHERE, random);
  });
}
