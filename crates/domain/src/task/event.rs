use chrono::{DateTime, Utc};
use serde_json::Value;

use super::state::{Failure, TaskState};
use crate::actor::Actor;

/// What happened to a task.
#[derive(Debug, Clone, PartialEq)]
pub enum TaskEvent {
    /// Somebody wrote it down.
    Created,
    /// A draft was changed.
    Updated,
    /// It waits for a worker.
    Queued,
    /// A worker began an attempt.
    Started,
    /// The service was made; these are its catalog documents.
    Completed {
        /// The documents of the rendered `catalog-info.yaml`.
        entities: Vec<Value>,
    },
    /// The attempt failed.
    Failed {
        /// Where and why.
        failure: Failure,
    },
    /// It was stopped on request.
    Cancelled,
    /// The service is gone from the catalog.
    Decommissioned,
    /// The task was removed; its history stays.
    Deleted,
}

/// An event together with everything that a reader of it needs, so that readers need no further request.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedEvent {
    /// What happened.
    pub event: TaskEvent,
    /// The task as it was right after.
    pub task: TaskState,
    /// Who caused it.
    pub actor: Actor,
    /// When.
    pub at: DateTime<Utc>,
}
