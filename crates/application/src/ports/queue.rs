use std::time::Duration;

use async_trait::async_trait;
use domain::TaskId;

use super::store_error::StoreError;

/// Hands tasks to workers so that no two ever run the same one. Time is the database's, which all workers share.
#[async_trait]
pub trait TaskQueue: Send + Sync {
    /// Takes up to `limit` tasks that wait for a worker, or whose worker let its lease run out.
    async fn claim(&self, owner: &str, limit: u32, ttl: Duration) -> Result<Vec<Lease>, StoreError>;

    /// Prolongs a lease; `false` when it was lost. Never touches the task itself.
    async fn renew(&self, lease: &Lease, ttl: Duration) -> Result<bool, StoreError>;

    /// Lets go of a task that was not finished, so that another worker can take it at once.
    async fn release(&self, lease: &Lease) -> Result<(), StoreError>;
}

/// The right to run a task, until it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The task.
    pub task: TaskId,
    /// The worker that holds it.
    pub owner: String,
    /// Counts how often the task was claimed: a worker with an older epoch can't write any more.
    pub epoch: i64,
    /// Counts the claims in a row, this one included, since a worker last ended or handed the task back: from 2 on, the
    /// workers before died or lost touch.
    pub claims: i64,
}
