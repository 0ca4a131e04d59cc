import { describe, expect, it } from 'vitest';
import { JsonValue } from '@backstage/types';
import { aComponent, aTask, shown } from '../testing/documents';
import { readNews, RejectedEventError } from './news';

const task = aTask();
const read = (type: string, data: JsonValue, key: string | undefined = task.id) =>
  readNews('midgard.scaffold-task', key, { id: '1', source: '/valkyrie/scaffolder', type, extensions: {}, data });
const template = (name: string) => ({ task: shown(aTask({ template: { name, version: '1' } })) });
const good = { task: shown(task), entities: [aComponent('payments')] };

describe('readNews', () => {
  it('reads a completed task with its entities', () => {
    expect(read('midgard.scaffold-task.completed.v1', good)).toEqual({
      type: 'completed',
      task,
      entities: good.entities,
    });
  });

  it.each(['decommissioned', 'undone', 'deleted'])('reads %s as the end of its entities', what => {
    expect(read(`midgard.scaffold-task.${what}.v1`, { task: shown(task) })).toEqual({ type: 'removed', task });
  });

  it.each(['midgard.scaffold-task.queued.v1', 'midgard.scaffold-task.queued.v7', 'something.else.v1'])(
    'has no use for %s',
    type => expect(read(type, null)).toBeUndefined(),
  );

  it.each<[string, string, JsonValue, string | undefined, string]>([
    ['a later version', 'completed.v2', good, task.id, 'only midgard.scaffold-task.completed.v1 is known'],
    ['a later version of an end', 'deleted.v2', good, task.id, 'only midgard.scaffold-task.deleted.v1 is known'],
    ['a type without a version', 'completed', good, task.id, 'only midgard'],
    ['no task', 'completed.v1', { entities: [] }, task.id, 'the task is missing'],
    ['no entities', 'completed.v1', { task: shown(task) }, task.id, 'data.entities'],
    ['too many entities', 'completed.v1', { ...good, entities: Array(1_001).fill(1) }, task.id, 'has 1001 documents, and 1000'],
    ['another key', 'completed.v1', good, 'other', "the record's key is 'other'"],
    ['no key', 'completed.v1', good, '', "the record's key is ''"],
    ['an id that is none', 'completed.v1', { ...good, task: shown(aTask({ id: '../x' })) }, '../x', 'id is "../x"'],
    ['a template with a NUL', 'deleted.v1', template('a\0b'), task.id, 'template.name is "a\\u0000b"'],
    ['a template that is no text', 'deleted.v1', template('a\ud800'), task.id, 'template.name is'],
    ['a template without an end', 'deleted.v1', template('a'.repeat(201)), task.id, 'template.name is'],
    ['a version that is none', 'deleted.v1', { task: { ...shown(task), version: '4' } }, task.id, 'version of task'],
    ['a time that is none', 'deleted.v1', { task: { ...shown(task), updatedAt: 'today' } }, task.id, 'updatedAt'],
  ])('rejects %s and says so', (_, type, data, key, reason) => {
    expect(() => read(`midgard.scaffold-task.${type}`, data, key)).toThrow(RejectedEventError);
    expect(() => read(`midgard.scaffold-task.${type}`, data, key)).toThrow(reason);
  });

  it('orders times by what they mean, not by how many digits they have', () => {
    const at = (updatedAt: string) => read('midgard.scaffold-task.deleted.v1', { task: { ...shown(task), updatedAt } });
    expect(at('2026-11-22T09:00:00Z')!.task.changedAt < at('2026-11-22T09:00:00.1Z')!.task.changedAt).toBe(true);
  });
});
