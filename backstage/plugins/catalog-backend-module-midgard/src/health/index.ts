export { HealthBoard, type HealthPart, type PartHealth } from './board';
export { healthRouter } from './router';
