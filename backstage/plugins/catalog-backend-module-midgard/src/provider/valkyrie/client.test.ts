import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aTask, shown } from '../../testing/documents';
import { Tokens, ValkyrieClient } from '.';

const never = new AbortController().signal;
const { id } = aTask();

describe('ValkyrieClient, of a server that answers something else than was asked', () => {
  let server: Server;
  /** What it answers: JSON, or pieces without end. */
  let answer: unknown;
  let client: ValkyrieClient;

  beforeEach(async () => {
    server = createServer((_request, response) => {
      response.writeHead(200);
      if (answer !== 'endless') return void response.end(JSON.stringify(answer));
      const piece = Buffer.alloc(1 << 20, ' ');
      const more = () => {
        while (response.write(piece));
      };
      response.on('drain', more);
      more();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = new ValkyrieClient(url, new Tokens({ type: 'static', token: 'good' }, 20_000), 20_000);
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });

  async function listed(...items: unknown[]) {
    answer = { items, nextCursor: null };
    const all = [];
    for await (const item of client.completed(never)) all.push(item);
    return all;
  }

  it('takes no missing entities for none', async () => {
    await expect(listed(shown(aTask()))).rejects.toThrow(`task ${id} without its entities`);
    expect(await listed({ ...shown(aTask()), entities: [] })).toEqual([{ task: aTask(), entities: [] }]);
  });

  it('takes no other task for a completed one', async () => {
    const failed = { ...shown(aTask({ status: 'failed' })), entities: [] };
    await expect(listed(failed)).rejects.toThrow(`task ${id}, which is failed`);
  });

  it('says of a task that it cannot read which one it is, and goes on', async () => {
    const good = { ...shown(aTask()), entities: [] };
    expect(await listed(null, { ...good, version: 'x' }, good)).toEqual([
      { id: undefined, malformed: expect.stringContaining('the task is null') },
      { id, malformed: expect.stringContaining('version of task') },
      { task: aTask(), entities: [] },
    ]);
  });

  it.each([
    ['decommissioned', { type: 'ended', version: 4 }],
    ['queued', { type: 'begun', version: 4 }],
    ['completed', { type: 'standing' }],
    ['archived', { type: 'standing' }],
  ])('knows the fate of a task that is %s', async (status, fate) => {
    answer = shown(aTask({ status }));
    expect(await client.fate(id, never)).toEqual(fate);
    await expect(client.fate('another', never)).rejects.toThrow(`answered with task ${id}`);
  });

  it('reads no answer without end', async () => {
    answer = 'endless';
    await expect(client.fate(id, never)).rejects.toThrow(/answered with more than \d+ bytes/);
  });
});
