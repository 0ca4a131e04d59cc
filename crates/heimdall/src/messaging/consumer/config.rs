use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::{Section, Violation};

/// How a consumer works. Section `consumer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ConsumerConfig {
    /// How often an event is tried whose handler says [`HandlerError::Transient`](super::HandlerError::Transient), before it is parked.
    pub attempts: u32,
    /// The longest pause between two attempts, in milliseconds. The first is 100 ms, each further one twice as long.
    pub max_backoff_ms: u64,
    /// How many records may be read ahead of the handlers, over all partitions.
    pub read_ahead: usize,
    /// How long shutdown waits for handlers, in milliseconds, before their transactions are taken back.
    pub drain_ms: u64,
    /// How long the inbox remembers, in hours: longer than the log may deliver an event again.
    pub inbox_hours: u64,
}

impl Default for ConsumerConfig {
    fn default() -> Self {
        Self { attempts: 8, max_backoff_ms: 10_000, read_ahead: 512, drain_ms: 10_000, inbox_hours: 30 * 24 }
    }
}

impl Section for ConsumerConfig {
    const PATH: &'static str = "consumer";
    const RENAMED: &'static [(&'static str, &'static str)] = &[("slowest_retry_ms", "max_backoff_ms")];

    fn validate(&self) -> Vec<Violation> {
        let positive = |well: bool, key| Violation::unless(well, key, "must be more than 0");
        let checks = [
            positive(self.attempts > 0, "attempts"),
            positive(self.max_backoff_ms > 0, "max_backoff_ms"),
            positive(self.read_ahead > 0, "read_ahead"),
            positive(self.inbox_hours > 0, "inbox_hours"),
        ];
        checks.into_iter().flatten().collect()
    }
}
