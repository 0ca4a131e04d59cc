export { decode } from './decode';
export { encode } from './encode';
export { type CloudEvent, type WireRecord, UndecodableEventError } from './event';
