import { WireRecord } from '../envelope';
import { CatalogEvent, EventWriter } from './event';
import { Outcome } from './ledger';
import { Step } from './plan';
import { SendError } from './sendError';
import { Sender } from './sender';
import { kindOf } from './tables';
import { WorkRow } from './work';

/** What came of the steps of one topic. */
export interface Delivered {
  /** Rows that are dealt with: always the first ones, so that order holds. */
  done: WorkRow[];
  outcomes: Map<string, Outcome>;
  /** Why it went no further. */
  failure?: SendError;
}

interface Letter {
  step: Step;
  /** Absent if there is nothing to send. */
  record?: WireRecord & { key: string };
  outcome?: Outcome;
}

/** Sends what a plan says, topic by topic. */
export class Delivery {
  constructor(
    private readonly sender: Sender,
    private readonly writer: EventWriter,
    private readonly maxEventBytes: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Carries out steps of one topic in order, until one can't be. Never throws what Kafka said. */
  async deliver(topic: string, steps: Step[]): Promise<Delivered> {
    const delivered: Delivered = { done: [], outcomes: new Map() };
    for (const parcel of this.#parcels(steps)) {
      try {
        if (!(await this.#send(topic, parcel, delivered))) break;
      } catch (error) {
        if (!(error instanceof SendError)) throw error;
        delivered.failure = error;
        break;
      }
    }
    return delivered;
  }

  /** Whether to go on with the next parcel. */
  async #send(topic: string, parcel: Letter[], delivered: Delivered): Promise<boolean> {
    const records = parcel.flatMap(({ record }) => record ?? []);
    try {
      if (records.length > 0) await this.sender.send(topic, records);
    } catch (error) {
      if (!(error instanceof SendError) || !['too-large', 'refused'].includes(error.problem)) throw error;
      if (parcel.length === 1) return this.#refused(topic, parcel[0]!, error, delivered);
      for (const letter of parcel) if (!(await this.#send(topic, [letter], delivered))) return false;
      return true;
    }
    for (const letter of parcel) settle(delivered, letter.step.row, letter.outcome);
    return true;
  }

  /**
   * The broker takes no record like this one. Without `previous` it may; otherwise it is parked. What was planned behind
   * a parked one reckoned with it, and is planned anew.
   */
  async #refused(topic: string, { step, outcome }: Letter, error: SendError, delivered: Delivered): Promise<boolean> {
    if (step.does !== 'publish') return true;
    const { event } = step;
    if (error.problem === 'too-large' && event.change.previous !== null) {
      try {
        await this.sender.send(topic, [{ ...this.writer.write(event, { withPrevious: false }), key: event.entityRef }]);
        settle(delivered, step.row, outcome);
        return true;
      } catch (again) {
        if (!(again instanceof SendError) || again.problem !== 'too-large') throw again;
      }
    }
    const reason = error.problem === 'too-large' ? 'too-large' : 'refused';
    settle(delivered, step.row, this.#parked(event, reason, error.message));
    return false;
  }

  /** Steps in pieces that fit into one record batch. A piece ends behind what is parked here. */
  *#parcels(steps: Step[]): Generator<Letter[]> {
    let parcel: Letter[] = [];
    let bytes = 0;
    for (const step of steps) {
      const letter = this.#letter(step);
      const size = letter.record ? Buffer.byteLength(letter.record.value) : 0;
      if (bytes > 0 && bytes + size > this.maxEventBytes) {
        yield parcel;
        [parcel, bytes] = [[], 0];
      }
      parcel.push(letter);
      bytes += size;
      if (letter.outcome && 'rejected' in letter.outcome) {
        yield parcel;
        return;
      }
    }
    if (parcel.length > 0) yield parcel;
  }

  #letter(step: Step): Letter {
    if (step.does === 'nothing') return step.clears ? { step, outcome: { cleared: true } } : { step };
    if (step.does === 'park') {
      const { entityRef, kind } = step.row;
      const topic = this.writer.topicOf(kind);
      return { step, outcome: this.#rejection({ entityRef, topic, type: '', bytes: 0 }, 'unreadable', step.detail, '') };
    }
    const { event } = step;
    const { entityRef, kind, change } = event;
    const outcome: Outcome = {
      published: change.entity && {
        entity_ref: entityRef,
        kind,
        fingerprint: change.entity.fingerprint,
        entity: JSON.stringify(change.entity.entity),
      },
    };
    for (const withPrevious of change.previous === null ? [true] : [true, false]) {
      const record = this.writer.write(event, { withPrevious });
      if (Buffer.byteLength(record.value) <= this.maxEventBytes) {
        return { step, record: { ...record, key: entityRef }, outcome };
      }
    }
    const detail = `the event is larger than midgard.publisher.maxEventBytes, ${this.maxEventBytes}`;
    return { step, outcome: this.#parked(event, 'too-large', detail) };
  }

  #parked(event: CatalogEvent, reason: 'too-large' | 'refused', detail: string): Outcome {
    const bytes = Buffer.byteLength(this.writer.write(event, { withPrevious: false }).value);
    const { entityRef, topic, type, change } = event;
    return this.#rejection({ entityRef, topic, type, bytes }, reason, detail, change.entity?.fingerprint ?? '');
  }

  #rejection(
    about: { entityRef: string; topic: string; type: string; bytes: number },
    reason: 'too-large' | 'refused' | 'unreadable',
    detail: string,
    fingerprint: string,
  ): Outcome {
    const { entityRef, topic, type, bytes } = about;
    const kind = kindOf(entityRef);
    const rejected_at = this.now();
    return { rejected: { entity_ref: entityRef, kind, topic, type, reason, detail, fingerprint, bytes, rejected_at } };
  }
}

function settle(delivered: Delivered, row: WorkRow, outcome: Outcome | undefined): void {
  delivered.done.push(row);
  if (outcome && !('cleared' in outcome && delivered.outcomes.has(row.entityRef))) {
    delivered.outcomes.set(row.entityRef, outcome);
  }
}
