//! How a consumer stands, for readiness and metrics.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::messaging::log::Assignment;
use crate::messaging::record::TopicPartition;

/// How a consumer stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsumerHealth {
    /// What it holds, and how it stands with its group.
    pub assignment: Assignment,
    /// When it was last done with a record.
    pub last_progress: Option<DateTime<Utc>>,
    /// How many records it was done with: taken in, skipped or parked.
    pub done: u64,
    /// How many of them it parked.
    pub parked: u64,
    /// How many of them it had taken in before.
    pub duplicates: u64,
    /// How many it has read and is not done with.
    pub waiting: usize,
    /// Partitions whose first record is tried again and again.
    pub stuck: BTreeMap<TopicPartition, Stuck>,
}

/// A record that is tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// Where it stands.
    pub offset: i64,
    /// When it failed first.
    pub since: DateTime<Utc>,
    /// How often it has failed.
    pub attempts: u32,
    /// How it failed last.
    pub reason: String,
}

impl ConsumerHealth {
    /// Whether it is a member of its group, and no partition is stuck since before `limit`.
    pub fn is_healthy(&self, limit: DateTime<Utc>) -> bool {
        self.assignment.is_healthy() && self.stuck.values().all(|stuck| stuck.since > limit)
    }
}
