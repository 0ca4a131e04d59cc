//! Section `kafka`.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::options::KafkaOptions;
use crate::config::{Section, Violation};

/// Section `kafka`: how to reach Kafka.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct KafkaConfig {
    /// The brokers to ask first, as `host:port`, separated by commas.
    pub brokers: String,
    /// Options of librdkafka, passed through, such as `security.protocol`. Those that our guarantees rest on are refused.
    pub options: KafkaOptions,
    /// How long a record may wait for its acknowledgement before publishing it counts as failed (for now), in seconds.
    pub publish_timeout_seconds: u64,
    /// How long a subscriber may take to leave its group, in seconds.
    pub close_timeout_seconds: u64,
}

impl Default for KafkaConfig {
    fn default() -> Self {
        Self {
            brokers: "127.0.0.1:9092".to_owned(),
            options: KafkaOptions::default(),
            publish_timeout_seconds: 30,
            close_timeout_seconds: 10,
        }
    }
}

impl KafkaConfig {
    /// How long a record may wait for its acknowledgement.
    pub fn publish_timeout(&self) -> Duration {
        Duration::from_secs(self.publish_timeout_seconds)
    }

    /// How long a subscriber may take to leave its group.
    pub fn close_timeout(&self) -> Duration {
        Duration::from_secs(self.close_timeout_seconds)
    }
}

impl Section for KafkaConfig {
    const PATH: &'static str = "kafka";
    const OPTION_TABLES: &'static [&'static str] = &["options"];

    fn validate(&self) -> Vec<Violation> {
        let broker = |broker: &str| match broker.rsplit_once(':') {
            Some((host, port)) => !host.trim().is_empty() && port.trim().parse::<u16>().is_ok_and(|port| port > 0),
            None => false,
        };
        let brokers = self.brokers.split(',').all(broker);
        let range = 1..=3600;
        let checks = [
            Violation::unless(brokers, "brokers", "must name brokers as `host:port`, separated by commas"),
            Violation::unless(
                range.contains(&self.publish_timeout_seconds),
                "publish_timeout_seconds",
                "must be from 1 to 3600",
            ),
            Violation::unless(
                range.contains(&self.close_timeout_seconds),
                "close_timeout_seconds",
                "must be from 1 to 3600",
            ),
        ];
        checks.into_iter().flatten().chain(self.options.refused()).collect()
    }
}
