export { Reconciler, type Tasks } from './reconciler';
export { type Report } from './report';
