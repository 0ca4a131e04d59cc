use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{Actor, EntityRef, TaskId};

use super::store_error::StoreError;

/// Services that have vanished from the catalog, until their tasks are decommissioned.
#[async_trait]
pub trait Removals: Send + Sync {
    /// All that are open, and those that were done after `since`; the oldest first.
    async fn list(&self, since: DateTime<Utc>) -> Result<Vec<Removal>, StoreError>;

    /// How many services there are: tasks that are completed and have a component in the catalog.
    async fn services(&self) -> Result<u64, StoreError>;

    /// Keeps all that wait from being decommissioned until a person confirms them; answers how many.
    async fn hold(&self) -> Result<u64, StoreError>;

    /// Lets all that are open be decommissioned, in the name of `by`; answers how many.
    async fn confirm(&self, by: &Actor) -> Result<u64, StoreError>;

    /// Lets all that are open and not confirmed stay as they are; answers how many.
    async fn discard(&self) -> Result<u64, StoreError>;

    /// Forgets those that were done before `before`; answers how many.
    async fn forget(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;
}

/// A service that has vanished from the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The task that made it.
    pub task: TaskId,
    /// Its component, the last one to go.
    pub entity_ref: EntityRef,
    /// The event that told of it.
    pub event_id: String,
    /// The conversation that the event belongs to.
    pub correlation_id: Option<String>,
    /// When it went, by the event.
    pub removed_at: DateTime<Utc>,
    /// When the event was taken in.
    pub heard_at: DateTime<Utc>,
    /// What is to become of its task.
    pub state: RemovalState,
}

/// How far a removal has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemovalState {
    /// Nobody has decided yet.
    Waiting,
    /// Too many went at once: a person must decide.
    Held,
    /// A person has decided.
    Confirmed(Actor),
    /// The task is decommissioned.
    Done {
        /// Whether a person had decided that.
        confirmed: bool,
    },
}

/// What an event says of a service that has vanished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vanished {
    /// The component that is gone.
    pub entity_ref: EntityRef,
    /// Which task made it, where the entity said so.
    pub made_by: Option<TaskId>,
    /// The event.
    pub event_id: String,
    /// The conversation that it belongs to.
    pub correlation_id: Option<String>,
    /// When it went.
    pub removed_at: DateTime<Utc>,
    /// When the event was taken in.
    pub heard_at: DateTime<Utc>,
}
