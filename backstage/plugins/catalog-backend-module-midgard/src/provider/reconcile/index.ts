export { Reconciler, type Report, type Tasks } from './reconciler';
