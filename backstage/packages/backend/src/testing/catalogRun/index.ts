export { differences } from './compare';
export { catalogOf, mutate, readModelOf, untilEqual, untilTakenIn, WITH_FIXTURES } from './drive';
export { judge, type Verdict } from './history';
export { Mayhem, type Victim } from './mayhem';
export { Random } from './random';
export { REDACT } from './redacted';
export { CatalogRun, type Mutation, type RunSize, type Wave } from './run';
export { countCatalogRecords, readCatalogTopics, type SeenEvent } from './topics';
