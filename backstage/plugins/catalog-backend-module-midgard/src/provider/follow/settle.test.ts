import { beforeEach, describe, expect, it } from 'vitest';
import { mockServices } from '@backstage/backend-test-utils';
import { KafkaJSProtocolError, KafkaMessage, Message } from 'kafkajs';
import { Knex } from 'knex';
import { HealthBoard } from '../../health';
import { workThrough } from './batch';

/** A database and a broker that fail as a test tells them, and what happened to them. */
class World {
  databaseAway = false;
  readonly readFailures: Error[] = [];
  readonly sendFailures: Error[] = [];
  readonly happened: string[] = [];
  readonly parked: Message[] = [];
  readonly board = new HealthBoard();
  readonly stop = new AbortController();

  async work(...offsets: string[]): Promise<void> {
    const record = (offset: string) => ({ key: Buffer.from('k'), value: Buffer.from('v'), headers: {}, offset });
    const tools = {
      knex: { raw: async () => (this.databaseAway ? Promise.reject(new Error('away')) : 1) } as unknown as Knex,
      reader: { read: (message: KafkaMessage) => this.#read(message) },
      producer: { send: async ({ messages }: { messages: Message[] }) => this.#send(messages) },
      health: this.board.part('events'),
      logger: mockServices.rootLogger({ level: 'none' }),
    };
    const payload = {
      batch: { topic: 't', partition: 0, messages: offsets.map(record) as KafkaMessage[] },
      resolveOffset: () => undefined,
      heartbeat: async () => undefined,
      isRunning: () => true,
      isStale: () => false,
    };
    const commit = async ({ offset }: { offset: string }) => void this.happened.push(`committed ${offset}`);
    await workThrough(tools, 'g', payload, commit, 1_000, this.stop.signal);
  }

  async #read({ offset }: KafkaMessage) {
    const failure = this.readFailures.shift();
    this.happened.push(`${failure ? 'failed' : 'read'} ${offset}`);
    if (failure) throw failure;
    return offset === '13' ? { reason: 'rejected' as const, detail: 'unlucky' } : undefined;
  }

  async #send(messages: Message[]) {
    const failure = this.sendFailures.shift();
    if (failure) throw failure;
    this.parked.push(...messages);
    this.happened.push('parked');
    return [];
  }
}

describe('workThrough', () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  it('commits each record after it was read, in order', async () => {
    await world.work('1', '2');
    expect(world.happened).toEqual(['read 1', 'committed 2', 'read 2', 'committed 3']);
  });

  it('commits what it refused only after it was parked', async () => {
    await world.work('13', '14');
    expect(world.happened).toEqual(['read 13', 'parked', 'committed 14', 'read 14', 'committed 15']);
  });

  it('waits for a database that is away, and skips nothing', async () => {
    world.databaseAway = true;
    world.readFailures.push(...Array.from({ length: 7 }, () => new Error('no connection')));
    await world.work('1');
    expect(world.happened).toEqual([...Array(7).fill('failed 1'), 'read 1', 'committed 2']);
    expect(world.parked).toEqual([]);
    expect(world.board.read().status).toBe('ok');
  });

  it('parks what keeps failing while the database answers', async () => {
    world.readFailures.push(...Array.from({ length: 9 }, () => new Error('no good')));
    await world.work('1');
    expect(world.happened).toEqual([...Array(5).fill('failed 1'), 'parked', 'committed 2']);
    const reason = { 'dead-letter-reason': 'exhausted', 'dead-letter-detail': 'no good', 'dead-letter-attempts': '5' };
    expect(world.parked[0]?.headers).toMatchObject(reason);
  });

  it('does not go on before what it refused is parked', async () => {
    world.sendFailures.push(new Error('broker away'), new Error('broker away'));
    await world.work('13');
    expect(world.happened).toEqual(['read 13', 'parked', 'committed 14']);
  });

  it('parks without its value what no broker takes with it', async () => {
    const tooLarge = { type: 'MESSAGE_TOO_LARGE', message: 'too large', code: 10, retriable: false, name: '' };
    world.sendFailures.push(new KafkaJSProtocolError(tooLarge as unknown as Error));
    await world.work('13');
    expect(world.parked[0]?.value).toEqual(Buffer.alloc(0));
    expect(String(world.parked[0]?.headers?.['dead-letter-detail'])).toContain('larger than t.g.dead-letter takes');
  });

  it('shows what is wrong while it waits, commits nothing, and stops when told', async () => {
    world.databaseAway = true;
    world.readFailures.push(...Array.from({ length: 1_000 }, () => new Error('no connection')));
    const working = world.work('1');
    await expect.poll(() => world.board.read().parts.events?.detail).toBe('t/0@1: no connection');
    world.stop.abort();
    await working;
    expect(world.happened).not.toContain('committed 2');
  });
});
