const { createBackend } = require('@backstage/backend-defaults');
const catalog = require('@backstage/plugin-catalog-backend');
const midgard = require('backstage-plugin-catalog-backend-module-midgard');
const loaded = require('./loaded');

const backend = createBackend();
backend.add(catalog.default);
backend.add(midgard.default);
backend.add(loaded);
// Lets anybody who may call the catalog write to it: for tests only. `refresh.js` puts it there.
if (process.env.MIDGARD_TEST_FIXTURES === 'true') backend.add(require('./dist/fixtures').default);
void backend.start();
