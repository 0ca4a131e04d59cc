import { createBackend } from '@backstage/backend-defaults';
import catalog from '@backstage/plugin-catalog-backend';
import midgard from 'backstage-plugin-catalog-backend-module-midgard';

const backend = createBackend();
backend.add(catalog);
backend.add(midgard);
void backend.start();
