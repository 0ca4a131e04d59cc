/**
 * Where a real server is that tests need.
 *
 * @throws Error that says how to start one
 */
export function server(variable: 'VALKYRIE_TEST_POSTGRES_URL' | 'VALKYRIE_TEST_KAFKA_BROKERS'): string {
  const value = process.env[variable];
  if (value) return value;
  throw new Error(`${variable} is not set: start the servers with eval "$(cargo xtask services up postgres kafka)"`);
}
