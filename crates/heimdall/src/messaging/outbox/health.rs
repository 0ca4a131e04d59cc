//! How a relay stands. `relay.rs` fills it; `lifecycle` makes readiness (`messaging.rs`) and metrics
//! (`outbox_metrics.rs`) of it.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// How a relay stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelayHealth {
    /// When it last looked through its rows with success.
    pub last_pass: Option<DateTime<Utc>>,
    /// Since when it fails, if it does, and why.
    pub failing: Option<(DateTime<Utc>, String)>,
    /// Topics that don't exist, and for which rows wait. All other rows go on.
    pub missing_topics: Vec<String>,
    /// How many of the buckets it holds. None are needed when the log lives in the same database.
    pub buckets: usize,
    /// How many rows of all relays wait, as of a few seconds ago (counted up to 100,000).
    pub backlog: u64,
    /// How long the first of them has waited.
    pub oldest: Duration,
    /// How many rows it has moved since it began.
    pub moved: u64,
    /// How many rows the log refused for good since it began; they are in `heimdall_outbox_rejected`.
    pub rejected: u64,
}

impl RelayHealth {
    /// Whether all rows find their way: the last pass went well, is no older than `patience`, and no topic is missing.
    pub fn is_healthy(&self, now: DateTime<Utc>, patience: Duration) -> bool {
        let recent = |at: DateTime<Utc>| (now - at).to_std().is_ok_and(|age| age <= patience) || at > now;
        self.failing.is_none() && self.missing_topics.is_empty() && self.last_pass.is_some_and(recent)
    }
}
