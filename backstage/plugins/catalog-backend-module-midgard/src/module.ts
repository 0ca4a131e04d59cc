import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { catalogProcessing } from './catalog';
import { HealthBoard, healthRouter } from './health';
import { addProviders } from './provider';
import { startPublisher } from './publisher';

/** The module: reads `midgard` of the configuration and starts the directions that it names. */
export const catalogModuleMidgard = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'midgard',
  register(registration) {
    registration.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        http: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        processing: catalogProcessing,
        scheduler: coreServices.scheduler,
      },
      async init({ http, processing, ...services }) {
        if (!services.config.has('midgard')) {
          services.logger.info('midgard is not configured, and does nothing');
          return;
        }
        const health = new HealthBoard();
        http.use(healthRouter(health));
        const addEntityProvider = processing.addEntityProvider.bind(processing);
        const environment = { ...services, health, addEntityProvider };
        await addProviders(environment);
        await startPublisher(environment);
      },
    });
  },
});
