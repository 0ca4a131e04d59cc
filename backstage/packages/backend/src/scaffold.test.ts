import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DATABASES } from './testing/databases';
import { Loop } from './testing/loop';
import { until } from './testing/until';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

/** A service that is made is in the catalog so soon, in milliseconds. */
const SOON = 5_000;

describe.each(DATABASES)('a service that Valkyrie made, on %s', database => {
  let loop: Loop;
  beforeAll(async () => {
    loop = await Loop.deploy({ valkyrie: { database }, backstage: { database } });
    await loop.backstage.untilHealth('ok');
  });
  afterAll(() => loop?.drop());

  it('is in the catalog soon after its task is completed', async () => {
    const { id } = await loop.valkyrie.scaffold({ name: 'payments', owner: 'group:default/money' });
    const completed = Date.now();
    const entity = await loop.backstage.untilEntity('component', 'payments', SOON);
    console.info(`${database}: in the catalog ${Date.now() - completed} ms after its task was completed`);

    const task = `${loop.valkyrie.url}/api/v1/scaffold-tasks/${id}`;
    expect(entity).toMatchObject({
      metadata: {
        namespace: 'default',
        annotations: {
          'backstage.io/managed-by-location': `url:${task}`,
          'backstage.io/managed-by-origin-location': `url:${task}`,
          'backstage.io/view-url': task,
          'valkyrie.dev/task-id': id,
          'valkyrie.dev/template': 'service@1.0.0',
        },
      },
      spec: { type: 'service', lifecycle: 'experimental', owner: 'group:default/money' },
      relations: [{ type: 'ownedBy', targetRef: 'group:default/money' }],
    });
  });

  it('links back to its task and to its template', async () => {
    const { id } = await loop.valkyrie.scaffold({ name: 'linked' });
    const { metadata } = await loop.backstage.untilEntity('component', 'linked');
    const [task, template] = metadata.links!.map(({ url }) => url.replace(loop.valkyrie.url, ''));
    expect((await loop.valkyrie.ask(task!)).body).toMatchObject({ id, status: 'completed' });
    expect((await loop.valkyrie.ask(template!)).body).toMatchObject({ name: 'service' });
  });

  it('comes back into what Valkyrie knows of the catalog', async () => {
    await loop.valkyrie.scaffold({ name: 'around' });
    const entity = await loop.backstage.untilEntity('component', 'around');
    expect(await loop.valkyrie.untilEntity('component', 'around')).toEqual(entity);
  });

  it('is in the catalog when Backstage was down while it was made', async () => {
    await loop.backstage.stop();
    await loop.valkyrie.scaffold({ name: 'meanwhile' });
    await loop.backstage.start();
    await loop.backstage.untilEntity('component', 'meanwhile');
  });

  it('is in the catalog after a reconciliation, if the news of it is more than Kafka takes', async () => {
    // A task's event holds what was asked for and what came of it: this text twice.
    const { id } = await loop.valkyrie.scaffold({ name: 'wordy', description: 'x'.repeat(600_000) });
    const refused = 'the log refused a record of the outbox for good';
    await until('the refusal in the log of the worker', () => loop.valkyrie.output.includes(refused) || undefined);
    await loop.valkyrie.scaffold({ name: 'behind-it' });
    await loop.backstage.untilEntity('component', 'behind-it');

    await loop.backstage.reconcile();
    const { metadata } = await loop.backstage.untilEntity('component', 'wordy');
    expect(metadata.annotations).toMatchObject({ 'valkyrie.dev/task-id': id });
  });
});
