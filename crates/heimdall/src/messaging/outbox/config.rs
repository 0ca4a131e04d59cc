use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::{Section, Violation};

/// How a relay works. Section `outbox`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RelayConfig {
    /// So many rows are published together.
    pub batch: u32,
    /// How often an idle relay looks, in milliseconds; who writes in the same process wakes it at once.
    pub poll_ms: u64,
    /// How long a lease of buckets lasts, in milliseconds: so long can a relay that hangs hold up its keys.
    pub lease_ms: u64,
    /// The longest pause between two attempts while the log or the database is away, in milliseconds.
    pub max_backoff_ms: u64,
}

impl Default for RelayConfig {
    fn default() -> Self {
        Self { batch: 500, poll_ms: 75, lease_ms: 15_000, max_backoff_ms: 5_000 }
    }
}

impl Section for RelayConfig {
    const PATH: &'static str = "outbox";
    const RENAMED: &'static [(&'static str, &'static str)] = &[("slowest_retry_ms", "max_backoff_ms")];

    fn validate(&self) -> Vec<Violation> {
        let positive = |value: u64, key| Violation::unless(value > 0, key, "must be more than 0");
        let checks = [
            positive(self.batch.into(), "batch"),
            positive(self.poll_ms, "poll_ms"),
            positive(self.lease_ms, "lease_ms"),
            positive(self.max_backoff_ms, "max_backoff_ms"),
        ];
        checks.into_iter().flatten().collect()
    }
}
