/** Why an event did not reach its topic. */
export type SendProblem =
  /** The broker takes no records of that size. */
  | 'too-large'
  /** The broker will never take this record. */
  | 'refused'
  /** The topic is not there, may not be written to, or takes nothing at the moment. */
  | 'topic'
  /** Kafka is away, or not well. */
  | 'away';

/** Events did not reach their topic. */
export class SendError extends Error {
  override readonly name = 'SendError';

  constructor(
    readonly problem: SendProblem,
    readonly topic: string,
    cause: unknown,
  ) {
    super(`${topic}: ${rootOf(cause).message}`, { cause });
  }
}

const PROBLEMS: Record<string, SendProblem> = {
  MESSAGE_TOO_LARGE: 'too-large',
  RECORD_LIST_TOO_LARGE: 'too-large',
  INVALID_RECORD: 'refused',
  // The clocks disagree by more than this topic takes: they won't for ever.
  INVALID_TIMESTAMP: 'topic',
  // One topic has no leader, too few replicas or a bad disk, and all others may go on.
  LEADER_NOT_AVAILABLE: 'topic',
  NOT_LEADER_FOR_PARTITION: 'topic',
  NOT_ENOUGH_REPLICAS: 'topic',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'topic',
  KAFKA_STORAGE_ERROR: 'topic',
  UNKNOWN_TOPIC_OR_PARTITION: 'topic',
  INVALID_TOPIC_EXCEPTION: 'topic',
  TOPIC_AUTHORIZATION_FAILED: 'topic',
  INVALID_PARTITIONS: 'topic',
  INVALID_REPLICATION_FACTOR: 'topic',
  CLUSTER_AUTHORIZATION_FAILED: 'topic',
  POLICY_VIOLATION: 'topic',
};

/** Which problem an error of kafkajs stands for. */
export function problemOf(error: unknown): SendProblem {
  const root = rootOf(error) as { type?: unknown };
  return (typeof root.type === 'string' ? PROBLEMS[root.type] : undefined) ?? 'away';
}

/** What kafkajs wrapped in errors about its retries, or in a list of errors. */
function rootOf(error: unknown): Error {
  let root: unknown = error;
  for (let depth = 0; depth < 5; depth += 1) {
    const { cause, errors } = root as { cause?: unknown; errors?: unknown[] };
    const inner = errors?.[0] ?? cause;
    if (!(inner instanceof Error)) break;
    root = inner;
  }
  return root instanceof Error ? root : new Error(String(root));
}
