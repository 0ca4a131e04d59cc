//! The Kafka adapter. What needs a broker runs where `VALKYRIE_TEST_KAFKA_BROKERS` names one, and else says that it
//! is not run.

mod away;
mod options;
mod real;
mod refused;
mod slow;
