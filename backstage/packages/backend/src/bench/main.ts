/**
 * The speed of the way from Backstage's catalog to Valkyrie's read model, as a JSON array of figures on stdout; how far it
 * is goes to stderr. It needs the servers and the variables of the tests: `npm run build` and `npm run bench`.
 */
import { note } from './figure';
import { measurePropagation } from './propagation';
import { measureSnapshot } from './snapshot';

async function main(): Promise<void> {
  const figures = [
    ...(await measurePropagation()),
    ...(await measureSnapshot('triggers', 'postgres')),
    ...(await measureSnapshot('triggers', 'sqlite')),
    ...(await measureSnapshot('reconcile', 'postgres')),
  ];
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
}

main().catch((error: unknown) => {
  note(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
