export { type CompletedTask, type Fate, ValkyrieClient } from './client';
export { ValkyrieError } from './errors';
export { Tokens } from './tokens';
