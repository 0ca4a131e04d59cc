import { describe, expect, it } from 'vitest';
import { component } from '../testing/catalogTables';
import { Redaction } from './redaction';

describe('Redaction', () => {
  it.each(['', '/kind', '/metadata', '/metadata/name', '/*', '/metadata/*', '/*/name', '/*/*'])(
    'refuses %s, which says what an entity is',
    pointer => expect(() => new Redaction([pointer])).toThrow(/says what an entity is/),
  );

  it.each(['kind', 'spec/owner', '/spec/~2', '/spec/~'])('refuses %s, which is no pointer', pointer => {
    expect(() => new Redaction([pointer])).toThrow(/must have JSON pointers/);
  });

  it.each<[string, string[]]>([
    ['/spec/~01', ['/', '', '__proto__']],
    ['/spec/~1', ['~1', '', '__proto__']],
    ['/spec/', ['~1', '/', '__proto__']],
    ['/spec/__proto__', ['~1', '/', '']],
    ['/spec/*', []],
    ['/spec/nothing', ['~1', '/', '', '__proto__']],
  ])('takes out %s and nothing else', (pointer, left) => {
    const entity = { ...component('a'), spec: JSON.parse('{"~1": 0, "/": 1, "": 2, "__proto__": 3}') };
    const shown = new Redaction([pointer]).apply(entity);
    expect(Object.keys(shown.spec as object)).toEqual(left);
    expect(Object.keys(entity.spec)).toHaveLength(4);
  });
});
