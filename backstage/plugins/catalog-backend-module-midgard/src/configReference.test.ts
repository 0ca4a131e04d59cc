import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const PACKAGE = resolve(__dirname, '..');
const REFERENCE = resolve(PACKAGE, '../../../docs/backstage.md');

/** Every key of `midgard` in config.d.ts, with `<id>` for names that one chooses. */
function keysOfSchema(): string[] {
  const file = resolve(PACKAGE, 'config.d.ts');
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const config = source.statements.find(ts.isInterfaceDeclaration);
  return keysOf(config!.members, '').map(key => key.replace(/^midgard\.?/, '')).filter(key => key !== '');
}

function keysOf(members: ts.NodeArray<ts.TypeElement>, prefix: string): string[] {
  return members.flatMap(member => {
    if (!ts.isPropertySignature(member) && !ts.isIndexSignatureDeclaration(member)) return [];
    const name = ts.isPropertySignature(member) ? (member.name as ts.Identifier).text : '<id>';
    const key = prefix === '' ? name : `${prefix}.${name}`;
    const types = member.type && ts.isUnionTypeNode(member.type) ? [...member.type.types] : [member.type];
    return [key, ...types.flatMap(type => (type && ts.isTypeLiteralNode(type) ? keysOf(type.members, key) : []))];
  });
}

/** Every key that the reference in docs/backstage.md has a row for. */
function keysOfReference(): string[] {
  const [, section] = readFileSync(REFERENCE, 'utf8').split('\n## Configuration\n');
  const rows = section!.split('\n## ')[0]!.matchAll(/^\| `([^`]+)` \|/gm);
  return [...rows].map(([, key]) => key!);
}

describe('the configuration reference', () => {
  it('has a row for every key of the schema, and for no other', () => {
    const schema = keysOfSchema();
    expect(schema).toContain('kafka.ssl.rejectUnauthorized');
    // What only groups others needs no row, unless it has a meaning of its own.
    const grouping = ['kafka', 'providers', 'publisher', 'providers.<id>.valkyrie', 'providers.<id>.allow', 'publisher.kinds'];
    expect(keysOfReference()).toEqual(schema.filter(key => !grouping.includes(key)));
  });
});
