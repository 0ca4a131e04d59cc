export { type ModuleHealth } from './client';
export { Backstage, type BackstageOptions } from './deployment';
