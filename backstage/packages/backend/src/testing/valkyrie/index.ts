export { type ScaffoldTask } from './client';
export { Valkyrie, type ValkyrieOptions } from './deployment';
