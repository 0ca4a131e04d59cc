export { createKafka, readKafkaConfig } from './client';
