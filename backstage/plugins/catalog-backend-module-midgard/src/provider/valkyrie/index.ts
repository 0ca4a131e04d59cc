export { type CompletedTask, type Fate, type UnreadableTask, ValkyrieClient } from './client';
export { ValkyrieError } from './errors';
export { Tokens } from './tokens';
