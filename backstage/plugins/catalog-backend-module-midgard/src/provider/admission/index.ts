export { admit, type Rules } from './gate';
export { ANNOTATION_TASK_ID, ANNOTATION_TEMPLATE, withOrigin } from './origin';
export { RefusedEntityError } from './refusal';
