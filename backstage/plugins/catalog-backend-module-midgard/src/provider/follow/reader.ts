import { LoggerService } from '@backstage/backend-plugin-api';
import { KafkaMessage } from 'kafkajs';
import { decode, UndecodableEventError } from '../../envelope';
import { Applier } from '../applier';
import { readNews, RejectedEventError } from '../news';
import { Verdict } from './deadLetter';

/** Tells what one record means, and brings it into the catalog. */
export class RecordReader {
  constructor(
    private readonly eventTypePrefix: string,
    private readonly applier: Applier,
    private readonly logger: LoggerService,
  ) {}

  /**
   * Applies a record, once. What it throws may go away by itself.
   *
   * @returns why the record should be parked, if it should be
   */
  async read(record: KafkaMessage): Promise<Omit<Verdict, 'attempts'> | undefined> {
    try {
      const event = decode(record.headers, record.value);
      const news = readNews(this.eventTypePrefix, record.key?.toString(), event);
      if (!news) return undefined;
      const { outcome, refused } =
        news.type === 'completed'
          ? await this.applier.completed(news.task, news.entities)
          : await this.applier.removed(news.task);
      this.logger.debug(`midgard: ${event.type} of task ${news.task.id}, version ${news.task.version}: ${outcome}`);
      if (refused.length === 0) return undefined;
      const reasons = refused.map(({ message }) => message).join('; ');
      return { reason: 'rejected', detail: `entities that may not come in, while all others did: ${reasons}` };
    } catch (error) {
      if (error instanceof UndecodableEventError) return { reason: 'undecodable', detail: error.message };
      if (error instanceof RejectedEventError) return { reason: 'rejected', detail: error.message };
      throw error;
    }
  }
}
