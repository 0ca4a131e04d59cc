import { describe, expect, it } from 'vitest';
import { JsonObject, JsonValue } from '@backstage/types';
import { aComponent, aTask } from '../../testing/documents';
import { admit, RefusedEntityError, withOrigin } from '.';

const rules = { kinds: ['component', 'api', 'system', 'resource'], namespaces: ['default'], maxEntityBytes: 10_000 };
const judge = (document: JsonValue) => admit(rules, 'entities[0]', document);
const nested = (depth: number): JsonValue => (depth === 0 ? 1 : [nested(depth - 1)]);

describe('admit', () => {
  it('lets in what templates render, in the default namespace', async () => {
    const entity = await judge(aComponent('payments'));
    expect(entity.metadata).toEqual({ name: 'payments', namespace: 'default' });
    expect(entity.spec).toEqual(aComponent('payments').spec);
  });

  it('drops what only the catalog may say', async () => {
    const entity = await judge(aComponent('payments', { uid: 'x', etag: 'y' }));
    expect(Object.keys(entity)).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
    expect(entity.metadata).toEqual({ name: 'payments', namespace: 'default' });
  });

  it.each<[string, JsonValue, string]>([
    ['what is no object', 'payments', 'entities[0]'],
    ['what is null', null, 'entities[0]'],
    ['another kind', { ...aComponent('x'), kind: 'User' }, "its kind is 'User'"],
    ['a custom kind', { ...aComponent('x'), kind: 'Robot' }, "its kind is 'Robot'"],
    ['another namespace', aComponent('x', { namespace: 'other' }), "its namespace is 'other'"],
    ['a name that is none', aComponent('no name'), 'metadata.name'],
    ['an annotation that is none', aComponent('x', { annotations: { 'a b': 'c' } }), 'annotations'],
    ['a component without an owner', aComponent('x', {}, { owner: '' }), 'owner'],
    ['a component of another version', { ...aComponent('x'), apiVersion: 'backstage.io/v9' }, 'apiVersion'],
    ['relations, which the catalog finds itself', { ...aComponent('x'), relations: [] }, 'relations'],
    ['a field at the root that nobody knows', { ...aComponent('x'), more: 1 }, 'additional properties'],
    ['more than its size', aComponent('x', { description: 'a'.repeat(10_000) }), '10000 are allowed'],
    ['a NUL character', aComponent('x', { description: 'a\0b' }), 'NUL'],
    ['a link that is a script', aComponent('x', { links: [{ url: 'java\nscript:alert(1)' }] }), "'javascript:'"],
    ['an annotation that is one', aComponent('x', { annotations: { 'backstage.io/view-url': ' data:a' } }), "'data:'"],
    ['a placeholder', aComponent('x', {}, { more: { $text: 'http://127.0.0.1/secret' } }), "'$text'"],
    ['deep nesting', aComponent('x', {}, { more: nested(100) as JsonObject }), 'deeper than 64'],
  ])('refuses %s', async (_, document, reason) => {
    await expect(judge(document)).rejects.toThrow(RefusedEntityError);
    await expect(judge(document)).rejects.toThrow(reason);
  });
});

describe('withOrigin', () => {
  it('says where an entity comes from, whatever it said itself', async () => {
    const entity = await judge(
      aComponent('payments', {
        annotations: { 'backstage.io/managed-by-location': 'url:http://evil', 'example.com/kept': 'yes' },
        links: [{ url: 'http://runbook' }],
      }),
    );
    const task = aTask();
    const { annotations, links } = withOrigin('http://valkyrie', task, entity).metadata;
    const location = `url:http://valkyrie/api/v1/scaffold-tasks/${task.id}`;
    expect(annotations).toEqual({
      'example.com/kept': 'yes',
      'backstage.io/managed-by-location': location,
      'backstage.io/managed-by-origin-location': location,
      'valkyrie.dev/task-id': task.id,
      'valkyrie.dev/template': 'event-service@0.1.0',
    });
    expect(links?.map(({ url }) => url)).toEqual([
      'http://runbook',
      `http://valkyrie/api/v1/scaffold-tasks/${task.id}`,
      'http://valkyrie/api/v1/templates/event-service',
    ]);
  });
});
