//! The Kafka adapter of the log port.
//!
//! The settings (section `kafka`) are always there; the adapter itself is built with the cargo feature `kafka`, which
//! brings librdkafka. No outage of Kafka ends or blocks the process: publishing fails with a transient error within
//! `kafka.publish_timeout_seconds`, subscribers wait, and all goes on by itself.

mod config;
mod options;

#[cfg(feature = "kafka")]
mod admin;
#[cfg(feature = "kafka")]
mod client;
#[cfg(feature = "kafka")]
mod consumer;
#[cfg(feature = "kafka")]
mod error;
#[cfg(feature = "kafka")]
mod log;
#[cfg(feature = "kafka")]
mod producer;
#[cfg(feature = "kafka")]
mod record;

pub use self::config::KafkaConfig;
#[cfg(feature = "kafka")]
pub use self::error::KafkaSetupError;
#[cfg(feature = "kafka")]
pub use self::log::KafkaLog;
pub use self::options::KafkaOptions;
