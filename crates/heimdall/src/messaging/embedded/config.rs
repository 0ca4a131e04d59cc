//! How the embedded log does what Kafka's broker settings say elsewhere.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::Violation;

/// Settings of the embedded log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct EmbeddedConfig {
    /// Whether publishing to a topic that is not there makes it. Without it, the topic must be applied first, as on Kafka.
    pub create_topics: bool,
    /// How many partitions a topic has that nobody planned.
    pub partitions: u32,
    /// How long a topic keeps its records where nobody says otherwise, in milliseconds.
    pub retention_ms: u64,
    /// How many bytes key, headers and payload of one record may have together.
    pub max_record_bytes: usize,
}

impl Default for EmbeddedConfig {
    fn default() -> Self {
        Self { create_topics: true, partitions: 3, retention_ms: 7 * 24 * 60 * 60 * 1000, max_record_bytes: 1_048_576 }
    }
}

impl EmbeddedConfig {
    /// What is wrong with it, by keys of the section `log`.
    pub(crate) fn validate(&self) -> Vec<Violation> {
        let checks = [
            Violation::unless((1..=1024).contains(&self.partitions), "embedded.partitions", "must be from 1 to 1024"),
            Violation::unless(self.retention_ms > 0, "embedded.retention_ms", "must be more than 0"),
            Violation::unless(self.max_record_bytes > 0, "embedded.max_record_bytes", "must be more than 0"),
        ];
        checks.into_iter().flatten().collect()
    }
}
