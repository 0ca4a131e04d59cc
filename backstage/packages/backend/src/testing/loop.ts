import { Backstage, BackstageOptions } from './backstage';
import { dropTopics, ownTopics, Topics } from './topics';
import { Valkyrie, ValkyrieOptions } from './valkyrie';

/** What differs from test to test. */
export interface LoopOptions {
  valkyrie: Omit<ValkyrieOptions, 'topics'>;
  backstage: Omit<BackstageOptions, 'topics' | 'valkyrieUrl'>;
  topics?: Topics;
}

/** The whole loop: a Valkyrie and a Backstage that know each other, over one Kafka. */
export class Loop {
  private constructor(
    readonly valkyrie: Valkyrie,
    readonly backstage: Backstage,
    readonly topics: Topics,
  ) {}

  static async deploy(options: LoopOptions): Promise<Loop> {
    const topics = options.topics ?? ownTopics();
    const valkyrie = await Valkyrie.deploy({ ...options.valkyrie, topics });
    try {
      const backstage = await Backstage.deploy({ ...options.backstage, topics, valkyrieUrl: valkyrie.url });
      return new Loop(valkyrie, backstage, topics);
    } catch (error) {
      await valkyrie.drop();
      throw error;
    }
  }

  /** Ends both and removes all that is theirs. */
  async drop(): Promise<void> {
    await Promise.all([this.backstage.drop(), this.valkyrie.drop()]);
    await dropTopics(this.topics);
  }
}
