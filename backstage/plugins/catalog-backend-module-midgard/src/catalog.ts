import { createExtensionPoint } from '@backstage/backend-plugin-api';
import { EntityProvider } from '@backstage/plugin-catalog-node';

/**
 * Where a module gives the catalog its providers. Backstage has moved the export between entry points from one release
 * to the next, while its id stayed: naming it by id lets one build of this module run on all of them.
 */
export const catalogProcessing = createExtensionPoint<{
  addEntityProvider(...providers: Array<EntityProvider | Array<EntityProvider>>): void;
}>({ id: 'catalog.processing' });
