export { compareAll } from './compareAll';
export { checkSchema, UnknownSchemaError } from './schema';
export { Triggers } from './triggers';
