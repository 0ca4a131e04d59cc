/**
 * Closes the loop between Valkyrie and the Backstage catalog, over Kafka, in both directions.
 *
 * @packageDocumentation
 */
export { catalogModuleMidgard as default } from './module';
