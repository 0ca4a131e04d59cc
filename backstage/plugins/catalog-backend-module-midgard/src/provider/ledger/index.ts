export { canonicalJson } from './canonical';
export { locationKeys } from './catalogState';
export { Exclusive } from './exclusive';
export { type Contribution, Ledger, type Standing } from './ledger';
