use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{Actor, Status, TaskId, TaskState};
use serde_json::Value;

use super::store_error::StoreError;
use super::viewer::Viewer;

/// Reads tasks. Whoever may not see a task gets the same answer as if it did not exist: the queries see to that.
#[async_trait]
pub trait TaskQueries: Send + Sync {
    /// One task; deleted ones are not found.
    async fn get(&self, viewer: &Viewer, id: TaskId) -> Result<Option<TaskState>, StoreError>;

    /// Up to `filter.limit` tasks, newest first.
    async fn list(&self, viewer: &Viewer, filter: &TaskFilter) -> Result<Vec<ListedTask>, StoreError>;

    /// Up to `limit` of a task's events after version `after`, oldest first; `None` if there is no such task. A deleted task keeps its history.
    async fn history(
        &self,
        viewer: &Viewer,
        id: TaskId,
        after: u64,
        limit: u32,
    ) -> Result<Option<Vec<HistoryItem>>, StoreError>;

    /// Up to `limit` lines of a task's log after line `after`, oldest first; `None` if there is no such task.
    async fn log(
        &self,
        viewer: &Viewer,
        id: TaskId,
        after: u64,
        limit: u32,
    ) -> Result<Option<Vec<LogLine>>, StoreError>;
}

/// Which tasks to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// Only in these statuses; all if empty.
    pub statuses: Vec<Status>,
    /// Only from this template.
    pub template: Option<String>,
    /// Only for the account with this identifier.
    pub account: Option<String>,
    /// Only those of this subject.
    pub created_by: Option<String>,
    /// Only those created at or after this time.
    pub created_from: Option<DateTime<Utc>>,
    /// Only those created before this time.
    pub created_to: Option<DateTime<Utc>>,
    /// Only those that come after this task in the list (are older).
    pub after: Option<TaskId>,
    /// Whether to load the catalog documents, too.
    pub with_entities: bool,
    /// How many at most.
    pub limit: u32,
}

/// A task in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedTask {
    /// The task.
    pub task: TaskState,
    /// Its catalog documents, if they were asked for.
    pub entities: Option<Vec<Value>>,
}

/// One entry of a task's history.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryItem {
    /// The id of the event, the same as on the topic.
    pub id: String,
    /// The task's version after it.
    pub version: u64,
    /// The event's short name, such as `created`.
    pub name: String,
    /// Who caused it.
    pub actor: Actor,
    /// When.
    pub at: DateTime<Utc>,
    /// The request that caused it.
    pub request: Option<String>,
    /// What the event carries.
    pub data: Value,
}

/// One line of what a step did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Counts the lines of a task, from 1.
    pub line: u64,
    /// The attempt it belongs to.
    pub attempt: u32,
    /// The id of the step.
    pub step: String,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// What the step did.
    pub message: String,
}
