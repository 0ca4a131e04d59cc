/** The variables that say where a real server is; `cargo xtask services up` sets them. */
type Variable = 'VALKYRIE_TEST_POSTGRES_URL' | 'VALKYRIE_TEST_KAFKA_BROKERS' | 'VALKYRIE_TEST_KEYCLOAK_URL';

/**
 * Where a real server is that tests need.
 *
 * @throws Error that says how to start one
 */
export function server(variable: Variable): string {
  const value = process.env[variable];
  if (value) return value;
  throw new Error(`${variable} is not set: start the servers with eval "$(cargo xtask services up)"`);
}
