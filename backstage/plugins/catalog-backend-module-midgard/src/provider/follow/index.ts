export { Follower } from './follower';
export { RecordReader } from './reader';
