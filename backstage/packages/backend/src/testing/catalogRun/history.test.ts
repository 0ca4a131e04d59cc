import { describe, expect, it } from 'vitest';
import type { Entity } from '@backstage/catalog-model';
import { VERSION } from './entities';
import { judge } from './history';
import { CatalogRun } from './run';
import { SeenEvent } from './topics';

const run = new CatalogRun(7, { entities: 60 });

/** The events that a perfect publisher would write. */
function perfect(): SeenEvent[] {
  return [...run.stories].flatMap(([entityRef, story]) => {
    const states = story.map(({ type, version }) => (type === 'deleted' ? null : state(entityRef, version)));
    return story.map(({ type }, index) => {
      const [entity, previous] = [states[index]!, states[index - 1] ?? null];
      const topic = `prefix.${entityRef.split(':')[0]}`;
      const id = `${entityRef} ${index}`;
      return { topic, key: entityRef, subject: entityRef, id, type: `backstage.catalog.entity.${type}.v1`, entityRef, entity, previous };
    });
  });
}

function state(ref: string, version: string): Entity {
  return { apiVersion: 'v1', kind: 'Any', metadata: { name: ref, annotations: { [VERSION]: version } } };
}

/** Where the events of an entity that is changed begin, and that nobody refers to. */
const lone = perfect().findIndex(
  ({ entityRef, type }, index, events) =>
    !run.referredTo.has(entityRef) && type.includes('created') && events[index + 1]?.type.includes('updated'),
);

describe('what the topics hold', () => {
  it('is right if each state was told once, in order', () => {
    expect(judge(perfect(), run)).toMatchObject({ faults: [], doubles: 0 });
  });

  it('may come again with the same id', () => {
    const events = perfect();
    expect(judge([...events, ...events.slice(-5)], run)).toMatchObject({ faults: [], doubles: 5 });
  });

  it.each<[string, (events: SeenEvent[]) => void]>([
    ['lacks an event', events => events.splice(lone + 1, 1)],
    ['lacks the last event', events => events.splice(events.length - 1, 1)],
    ['has two events in the wrong order', events => events.splice(lone, 2, events[lone + 1]!, events[lone]!)],
    ['has an event again with another id', events => events.splice(lone + 1, 0, { ...events[lone]!, id: 'other' })],
    ['has an event again with another content', events => events.push({ ...events[lone]!, entity: state('x', '9') })],
    ['has an update without a change', events => {
      const { entity } = events[lone]!;
      events.splice(lone + 1, 0, { ...events[lone + 1]!, id: 'other', entity, previous: entity });
    }],
    ['has another previous', events => (events[lone + 1] = { ...events[lone + 1]!, previous: null })],
    ['has another key', events => (events[lone] = { ...events[lone]!, key: 'component:default/other' })],
    ['tells of a person', events => events.push({ ...events[lone]!, id: 'u', entityRef: 'user:default/user-1' })],
  ])('is wrong if it %s', (_, spoil) => {
    const events = perfect();
    spoil(events);
    expect(judge(events, run).faults).not.toEqual([]);
  });
});
