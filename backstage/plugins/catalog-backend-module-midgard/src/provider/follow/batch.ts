import { EachBatchPayload } from 'kafkajs';
import { settle, Tools } from './settle';

/** As much of a batch as is needed here. */
export type Batch = Pick<EachBatchPayload, 'resolveOffset' | 'heartbeat' | 'isRunning' | 'isStale'> & {
  batch: Pick<EachBatchPayload['batch'], 'topic' | 'partition' | 'messages'>;
};

/** Tells the group that everything before an offset is done with. */
export type Commit = (done: { topic: string; partition: number; offset: string }) => Promise<void>;

/**
 * Works through a batch in order. A record's offset is committed only when the record was applied, or parked durably.
 *
 * @param pulse how often to tell the group that we live, in milliseconds; one record may take long
 */
export async function workThrough(
  tools: Tools,
  group: string,
  { batch, resolveOffset, heartbeat, isRunning, isStale }: Batch,
  commit: Commit,
  pulse: number,
  stop: AbortSignal,
): Promise<void> {
  const { topic, partition } = batch;
  const goesOn = () => isRunning() && !isStale() && !stop.aborted;
  // A heartbeat that fails here fails again below, where it is heard.
  const beat = setInterval(() => void heartbeat().catch(() => undefined), pulse);
  try {
    for (const record of batch.messages) {
      if (!goesOn()) return;
      const settled = await settle(tools, { topic, partition, group }, record, { goesOn, heartbeat, stop });
      if (!settled) return;
      resolveOffset(record.offset);
      await commit({ topic, partition, offset: String(BigInt(record.offset) + 1n) });
      await heartbeat();
    }
  } finally {
    clearInterval(beat);
  }
}
