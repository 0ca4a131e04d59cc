import type { Entity } from '@backstage/catalog-model';
import type { JsonObject } from '@backstage/types';
import { Random } from './random';
import { SECRET } from './redacted';

/** Says which of its states an entity is in. */
export const VERSION = 'fixtures.example/version';

/** The kinds of a run, and how many of a hundred entities are of each. `User` and `Group` come on top. */
export const PUBLISHED_KINDS = { Component: 40, API: 15, System: 8, Resource: 15, Domain: 4, Location: 9, Template: 9 };
export type PublishedKind = keyof typeof PUBLISHED_KINDS;

const NAMESPACES = ['default', 'default', 'payments', 'team-blue-2'];
/** What texts have to survive: other scripts, quotes, placeholders of SQL, line separators, characters beyond 16 bits. */
const TEXTS = ['Zahlung für Ærøskøbing', '支払い・サービス', 'خدمة الدفع', "it's \"quoted\" \\ and $1 ? :x", 'a\u2028b\u0001c\td', '🛰️👩‍👩‍👧 e\u0301', ''];
/** Numbers that are written in more than one way. */
const NUMBERS = [0, -1.5, 0.1 + 0.2, 1e21, 1e-7, 123456789012345680000, Number.MAX_SAFE_INTEGER];

/** Whom an entity may refer to. */
export interface Neighbours {
  groups: string[];
  systems: string[];
  domains: string[];
  apis: string[];
  resources: string[];
}

/** What is set when an entity is first thought of, and stays. */
export interface Identity {
  kind: PublishedKind;
  name: string;
  namespace: string;
  /** Whether it has fields that are redacted. */
  secretive: boolean;
}

export function identity(kind: PublishedKind, index: number, random: Random): Identity {
  const name = random.pick([`${kind}-${index}`, `${kind.toLowerCase()}_${index}`, `x.${kind}.${index}`]);
  return { kind, name, namespace: random.pick(NAMESPACES), secretive: random.fraction() < 0.15 };
}

/** One state of an entity. */
export function stateOf(of: Identity, version: number, neighbours: Neighbours, random: Random): Entity {
  const annotations: Record<string, string> = { [VERSION]: String(version), 'fixtures.example/text': random.pick(TEXTS) };
  if (of.secretive) annotations[SECRET] = `secret ${random.fraction()}`;
  const spec = { ...specs[of.kind](neighbours, random), ...decoration(version, of.secretive, random) };
  return {
    apiVersion: of.kind === 'Template' ? 'scaffolder.backstage.io/v1beta3' : 'backstage.io/v1alpha1',
    kind: of.kind,
    metadata: {
      name: of.name,
      namespace: of.namespace,
      title: `${random.pick(TEXTS)} ${version}`,
      description: random.pick(TEXTS),
      annotations,
      labels: { 'fixtures.example/kind': of.kind },
      tags: random.shuffle(['java', 'go', 'rust', 'c++', 'a-b']).slice(0, random.between(0, 4)),
      links: [{ url: `https://example.com/?a=${version}&b=%20`, title: random.pick(TEXTS) || 'none' }],
    },
    spec,
  };
}

/** The same state with other secrets. */
export function withOtherSecrets(entity: Entity, random: Random): Entity {
  const other = structuredClone(entity);
  other.metadata.annotations![SECRET] = `other secret ${random.fraction()}`;
  return other;
}

const specs: Record<PublishedKind, (neighbours: Neighbours, random: Random) => JsonObject> = {
  Component: ({ groups, systems, apis, resources }, random) => ({
    type: 'service',
    lifecycle: random.pick(['experimental', 'production']),
    owner: random.pick(groups),
    ...(random.fraction() < 0.4 ? { system: random.pick(systems) } : {}),
    ...(random.fraction() < 0.3 ? { providesApis: [random.pick(apis)] } : {}),
    ...(random.fraction() < 0.3 ? { dependsOn: [random.pick(resources)] } : {}),
  }),
  API: ({ groups, systems }, random) => ({
    type: 'openapi',
    lifecycle: 'production',
    owner: random.pick(groups),
    definition: `openapi: 3.1.0\n${'# ¡ a long text !\n'.repeat(random.between(0, 200))}`,
    ...(random.fraction() < 0.3 ? { system: random.pick(systems) } : {}),
  }),
  System: ({ groups, domains }, random) => ({
    owner: random.pick(groups),
    ...(random.fraction() < 0.5 ? { domain: random.pick(domains) } : {}),
  }),
  Resource: ({ groups }, random) => ({ type: 'database', owner: random.pick(groups) }),
  Domain: ({ groups }, random) => ({ owner: random.pick(groups) }),
  Location: () => ({ type: 'url', targets: [] }),
  Template: ({ groups }, random) => ({
    type: 'service',
    owner: random.pick(groups),
    parameters: { required: ['name'], properties: { name: { type: 'string', pattern: '^[a-z]+\\d?$' } } },
    steps: [{ id: 'one', action: 'debug:log', input: { message: '${{ parameters.name | upper }}', list: [[], {}, null] } }],
  }),
};

/** Fields that no kind knows, for their shape. */
function decoration(version: number, secretive: boolean, random: Random): JsonObject {
  return {
    nested: { version, depth: nest(random.between(1, 12)), numbers: NUMBERS, none: null, '~/a key': true, '': 'nameless' },
    ...(secretive ? { credentials: { one: { user: 'u', password: `p${random.fraction()}` }, two: { user: 'v' } } } : {}),
  };
}

function nest(depth: number): JsonObject {
  return depth === 0 ? { end: [] } : { deeper: nest(depth - 1), list: [depth, { depth }] };
}

/** People and teams: in the catalog, and on no topic. */
export function people(groups: number, users: number): { groups: string[]; entities: Entity[] } {
  const names = Array.from({ length: groups }, (_, index) => `team-${index}`);
  const teams = names.map(name => organisational('Group', name, { type: 'team', children: [] }));
  const members = Array.from({ length: users }, (_, index) =>
    organisational('User', `user-${index}`, { memberOf: [names[index % groups]!], profile: { email: `u${index}@example.com` } }),
  );
  return { groups: names.map(name => `group:default/${name}`), entities: [...teams, ...members] };
}

function organisational(kind: string, name: string, spec: JsonObject): Entity {
  return { apiVersion: 'backstage.io/v1alpha1', kind, metadata: { name, namespace: 'default' }, spec };
}
