import { createBackend } from '@backstage/backend-defaults';
import catalog from '@backstage/plugin-catalog-backend';
import midgard from 'backstage-plugin-catalog-backend-module-midgard';
import fixtures from './fixtures';

const backend = createBackend();
backend.add(catalog);
backend.add(midgard);
// Lets anybody who may call the catalog write to it: for tests only.
if (process.env.MIDGARD_TEST_FIXTURES === 'true') backend.add(fixtures);
void backend.start();
