import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from '../program';
import { server } from '../servers';
import { Topics } from '../topics';

const REPOSITORY = resolve(__dirname, '../../../../../..');
/** These are data, so they are read from the sources by what is built as well. */
const TEMPLATES = resolve(__dirname, '../../../src/testing/templates');

/** The real binary with arguments. */
export function command(args: string[], environment: Record<string, string>): Command {
  return { name: `valkyrie ${args.join(' ')}`, file: binary(), args, environment };
}

/** The settings of all roles. What a dead process held is free after three seconds: tests with kills shall not last. */
export function settings(database: string, topics: Topics): Record<string, string> {
  return {
    DATABASE_URL: database,
    RUST_LOG: 'warn',
    VALKYRIE__LOG__ADAPTER: 'kafka',
    VALKYRIE__KAFKA__BROKERS: topics.brokers,
    VALKYRIE__AUTH__ISSUER: server('VALKYRIE_TEST_KEYCLOAK_URL'),
    VALKYRIE__AUTH__ALLOW_INSECURE_ISSUER: 'true',
    VALKYRIE__EVENTS__TOPIC: topics.tasks,
    VALKYRIE__EVENTS__CATALOG_TOPIC_PREFIX: `${topics.catalog}.`,
    VALKYRIE__TOPICS__INTEGRATION__PARTITIONS: '3',
    VALKYRIE__TEMPLATES__SOURCES: JSON.stringify(['shipped', TEMPLATES]),
    VALKYRIE__WORKER__LEASE_SECONDS: '3',
    VALKYRIE__OUTBOX__LEASE_MS: '3000',
  };
}

/** The binary under test. */
function binary(): string {
  const given = process.env.VALKYRIE_TEST_BINARY;
  if (given) return given;
  const built = ['release', 'debug'].map(profile => join(REPOSITORY, 'target', profile, 'valkyrie'));
  const found = built.find(file => existsSync(file));
  if (found) return found;
  throw new Error(`there is no ${built.join(' and no ')}: cargo build --release, or set VALKYRIE_TEST_BINARY`);
}
