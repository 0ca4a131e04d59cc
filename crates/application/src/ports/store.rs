use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{Actor, JsonObject, ScaffoldTask, ServiceName, TaskId};
use serde_json::Value;
use thiserror::Error;

use super::queue::Lease;
use super::store_error::StoreError;
use super::viewer::Viewer;

/// Where tasks are kept.
#[async_trait]
pub trait Store: Send + Sync {
    /// Opens a unit of work. What it collects becomes true, all of it or nothing, when it is committed.
    async fn begin(&self, context: Context) -> Result<Box<dyn UnitOfWork>, StoreError>;

    /// The answer that was given to an earlier request with this key, if it is still remembered.
    async fn reply(&self, key: &IdempotencyKey) -> Result<Option<StoredReply>, StoreError>;

    /// Whether secret parameters can be kept here at all.
    fn keeps_secrets(&self) -> bool;

    /// A task's secret parameters, decrypted; empty once they were erased.
    async fn secrets(&self, task: TaskId) -> Result<JsonObject, StoreError>;
}

/// What belongs together: a task's state, its history and its events.
///
/// Writes are collected and reach the database at commit, in as few round trips as it allows; that is also where
/// conflicts surface.
#[async_trait]
pub trait UnitOfWork: Send {
    /// Loads a task that the viewer may see, deleted ones left out. Whoever may not see it gets the same answer as if there
    /// were none.
    async fn task(&mut self, viewer: &Viewer, id: TaskId) -> Result<Option<ScaffoldTask>, StoreError>;

    /// Collects a new task with its events.
    fn add(&mut self, task: &mut ScaffoldTask);

    /// Collects a changed task with its events; commit compares its version with the stored one.
    fn save(&mut self, task: &mut ScaffoldTask);

    /// Keeps a task's secret parameters, encrypted; replaces those that were kept.
    fn keep_secrets(&mut self, task: TaskId, secrets: JsonObject);

    /// Erases a task's secret parameters.
    fn erase_secrets(&mut self, task: TaskId);

    /// Remembers the answer to a request, for when it is repeated.
    fn remember(&mut self, key: IdempotencyKey, reply: StoredReply);

    /// Adds readable lines to what a task's step did.
    fn log(&mut self, task: TaskId, attempt: u32, step: &str, lines: &[String], at: DateTime<Utc>);

    /// Notes that what there was to do for a service that has vanished is done.
    fn removal_done(&mut self, task: TaskId, at: DateTime<Utc>);

    /// Lets the commit fail unless this lease is still held: what a worker writes is fenced.
    fn fence(&mut self, lease: &Lease);

    /// Gives the lease back with the commit.
    fn release(&mut self, lease: &Lease);

    /// Makes it true.
    async fn commit(self: Box<Self>) -> Result<(), CommitError>;
}

/// What a change is part of; it travels in history and events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The id of the request that caused the change.
    pub request: Option<String>,
    /// Names the whole conversation.
    pub correlation_id: Option<String>,
    /// The event that caused this change.
    pub causation_id: Option<String>,
    /// W3C trace context.
    pub traceparent: Option<String>,
    /// W3C trace state.
    pub tracestate: Option<String>,
}

/// A key that a caller gave a request so that it can be repeated safely. Scoped to caller and route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Who asked.
    pub caller: Actor,
    /// What was asked for: method and path.
    pub route: String,
    /// The key itself.
    pub key: String,
    /// A digest of the body, so that a key used for something else is noticed.
    pub fingerprint: String,
}

/// An answer that is given again.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredReply {
    /// The digest of the body that it answered.
    pub fingerprint: String,
    /// Whether the task was queued at once (`true`), or kept as a draft.
    pub started: bool,
    /// The task it was about.
    pub task: TaskId,
    /// The answer's body.
    pub body: Value,
    /// When it was given.
    pub at: DateTime<Utc>,
}

/// A unit of work did not become true; nothing of it did.
#[derive(Debug, Error)]
pub enum CommitError {
    /// Somebody else changed the task since it was loaded.
    #[error("the task was changed by somebody else in the meantime")]
    Stale,
    /// Another task holds the service's name.
    #[error("the name `{name}` is held by task {holder}")]
    NameTaken {
        /// The name.
        name: ServiceName,
        /// Who holds it.
        holder: TaskId,
    },
    /// A request with this key was answered already.
    #[error("a request with this idempotency key was answered already")]
    Repeated,
    /// Another worker has the task now.
    #[error("the lease on the task was lost")]
    LeaseLost,
    /// The database could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}
