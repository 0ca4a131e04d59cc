import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dropFolder, ownFolder } from './testing/databases';
import { expectStatus } from './testing/http';
import { PIPELINE, token } from './testing/keycloak';
import { Loop } from './testing/loop';
import { until } from './testing/until';

const TEMPLATE = 'template:default/valkyrie-event-service';
const PARAMETERS = '/api/scaffolder/v2/templates/default/template/valkyrie-event-service/parameter-schema';

/** One step of a form. */
interface Page {
  schema: { required?: string[]; properties: Record<string, object> };
}

/** The end of one task of Backstage's scaffolder. */
interface Run {
  status: string;
  log: string;
  output?: { links?: Array<{ title: string; url?: string; entityRef?: string }> };
}

describe("Backstage's own form", () => {
  let folder: string;
  let loop: Loop;

  beforeAll(async () => {
    folder = await ownFolder();
    await authorize('nobody-knows-this-token');
    loop = await Loop.deploy({
      valkyrie: { database: 'sqlite' },
      backstage: {
        database: 'sqlite',
        entry: 'dist/recipe.js',
        configs: ['app-config.recipe.yaml'],
        environment: { VALKYRIE_AUTHORIZATION_FILE: authorizationFile() },
      },
    });
    await loop.backstage.untilEntity('template', 'valkyrie-event-service');
  }, 180_000);

  afterAll(async () => {
    await loop?.drop();
    await dropFolder(folder);
  });

  function authorizationFile(): string {
    return join(folder, 'authorization');
  }

  async function authorize(bearer: string): Promise<void> {
    await writeFile(authorizationFile(), `Bearer ${bearer}\n`);
  }

  /** What the form does when it is sent, until the scaffolder is done with it. */
  async function send(values: Record<string, string>): Promise<Run> {
    const { backstage } = loop;
    const given = { method: 'POST', json: { templateRef: TEMPLATE, values } };
    const { id } = expectStatus(await backstage.ask<{ id: string }>('/api/scaffolder/v2/tasks', given), 201);
    const status = await until(`the end of task ${id} of the scaffolder`, async () => {
      const task = expectStatus(await backstage.ask<{ status: string }>(`/api/scaffolder/v2/tasks/${id}`), 200);
      return ['open', 'processing'].includes(task.status) ? undefined : task.status;
    });
    const events = expectStatus(await backstage.ask<any[]>(`/api/scaffolder/v2/tasks/${id}/events`), 200);
    const log = events.map(({ body }) => body.message).join('\n');
    return { status, log, output: events.find(({ type }) => type === 'completion')?.body.output };
  }

  it('takes up a new token without a restart', async () => {
    const refused = await send({ name: 'early-bird', owner: 'group:default/payments' });
    expect(refused).toMatchObject({ status: 'failed', log: expect.stringContaining('/problems/unauthenticated') });

    await authorize(await token(PIPELINE));
    await until('a request with the new token', async () => {
      const run = await send({ name: 'early-bird', owner: 'group:default/payments' });
      return run.status === 'completed' || undefined;
    });
  });

  it('asks for what the template of Valkyrie needs', async () => {
    const form = expectStatus(await loop.backstage.ask<{ steps: Page[] }>(PARAMETERS), 200);
    const pages = form.steps.map(({ schema }) => schema);
    const fields = Object.assign({}, ...pages.map(({ properties }) => properties));
    expect(fields.owner).toMatchObject({ type: 'string', 'ui:field': 'OwnerPicker' });

    const answer = await loop.valkyrie.ask<{ parameters: Page['schema'] }>('/api/v1/templates/event-service');
    const { properties, required } = expectStatus(answer, 200).parameters;
    expect(pages.flatMap(page => page.required ?? [])).toEqual(required);
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(fields)));
  });

  it('makes a service that arrives in the catalog, and links to its task', async () => {
    await authorize(await token(PIPELINE));
    const values = { name: 'form-made', owner: 'group:default/payments', description: 'Made by a form' };
    const { status, log, output } = await send(values);
    expect(status, log).toBe('completed');
    expect(output?.links?.[1]?.entityRef).toBe('component:default/form-made');

    const link = output?.links?.[0]?.url ?? '';
    const id = link.slice(`${loop.valkyrie.url}/api/v1/scaffold-tasks/`.length);
    expect(link).toBe(`${loop.valkyrie.url}/api/v1/scaffold-tasks/${id}`);
    await loop.valkyrie.untilTask(id, 'completed');
    const entity = await loop.backstage.untilEntity('component', 'form-made');
    expect(entity.metadata).toMatchObject({
      description: 'Made by a form',
      annotations: { 'valkyrie.dev/task-id': id },
      links: expect.arrayContaining([expect.objectContaining({ url: link })]),
    });
  });

  it('fails with what Valkyrie says, when Valkyrie refuses', async () => {
    const wrong = { name: 'refused', owner: 'group:default/payments', inputTopic: 'no topic has spaces' };
    const { status, log } = await send(wrong);
    expect(status).toBe('failed');
    expect(log).toContain('422');
    expect(log).toContain('/parameters/inputTopic');
    expect(log).toContain('what matches');
  });

  it('opens one path of Valkyrie, and only to who is signed in', async () => {
    const { backstage } = loop;
    const path = '/api/proxy/valkyrie/scaffold-tasks';
    const others: Array<[string, string]> = [
      ['GET', path],
      ['POST', `${path}/`],
      ['POST', `${path}?start=false`],
      ['POST', `${path}/01a216f4-e3eb-7520-b74f-21fde5450728/cancel`],
      ['POST', '/api/proxy/valkyrie/api/v1/scaffold-tasks'],
    ];
    for (const [method, other] of others) {
      expect((await backstage.ask(other, { method })).status, `${method} ${other}`).toBe(404);
    }
    expect((await fetch(`${backstage.url}${path}`, { method: 'POST' })).status).toBe(401);
  });
});
