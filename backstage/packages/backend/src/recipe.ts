/**
 * The backend with Backstage's scaffolder as well, for the recipe in docs/backstage.md: a form that asks Valkyrie for a
 * service. It is a program of its own, since the scaffolder takes seconds to start.
 */
import { createBackend } from '@backstage/backend-defaults';
import catalog from '@backstage/plugin-catalog-backend';
import templates from '@backstage/plugin-catalog-backend-module-scaffolder-entity-model';
import proxy from '@backstage/plugin-proxy-backend';
import scaffolder from '@backstage/plugin-scaffolder-backend';
import httpRequest from '@roadiehq/scaffolder-backend-module-http-request';
import midgard from 'backstage-plugin-catalog-backend-module-midgard';

const backend = createBackend();
backend.add(catalog);
backend.add(midgard);
backend.add(templates);
backend.add(proxy);
backend.add(scaffolder);
backend.add(httpRequest);
void backend.start();
