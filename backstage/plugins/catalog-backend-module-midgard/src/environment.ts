import {
  AuthService,
  DatabaseService,
  LifecycleService,
  LoggerService,
  RootConfigService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import { CatalogService, EntityProvider } from '@backstage/plugin-catalog-node';
import { HealthBoard } from './health';

/** What Backstage gives the module, and both directions work with. */
export interface Environment {
  auth: AuthService;
  catalog: CatalogService;
  config: RootConfigService;
  database: DatabaseService;
  health: HealthBoard;
  lifecycle: LifecycleService;
  logger: LoggerService;
  scheduler: SchedulerService;
  /** Gives the catalog a provider; only while the module starts. */
  addEntityProvider(provider: EntityProvider): void;
}
