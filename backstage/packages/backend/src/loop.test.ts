import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASES } from './testing/databases';
import { Loop } from './testing/loop';

describe.each(DATABASES)('the loop on %s', database => {
  let loop: Loop;
  beforeAll(async () => {
    loop = await Loop.deploy({ valkyrie: { database }, backstage: { database } });
  }, 120_000);
  afterAll(() => loop?.drop());

  it('brings a service that was scaffolded into the catalog', async () => {
    const task = await loop.valkyrie.scaffold({ name: 'payments' });
    const { metadata } = await loop.backstage.untilEntity('component', 'payments', 5_000);
    expect(metadata.annotations).toMatchObject({ 'valkyrie.dev/task-id': task.id });
  });
});
