use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{Artifact, TaskId};

use super::store_error::StoreError;

/// Where rendered services are kept until they are fetched. API and worker share no disk, so this is a service of its
/// own; the database fills it by default.
#[async_trait]
pub trait Artifacts: Send + Sync {
    /// Keeps an archive until it expires. Storing the same bytes for the same task twice is storing them once.
    async fn put(&self, task: TaskId, archive: &[u8], expires_at: DateTime<Utc>) -> Result<Artifact, StoreError>;

    /// Opens a task's archive; `None` when it expired or never was.
    async fn open(&self, task: TaskId, artifact: &Artifact) -> Result<Option<Box<dyn ArtifactReader>>, StoreError>;

    /// Throws away what has expired by `now`, a little at a time; says how many archives went.
    async fn expire(&self, now: DateTime<Utc>) -> Result<u64, StoreError>;
}

/// Reads an archive piece by piece.
#[async_trait]
pub trait ArtifactReader: Send {
    /// The next piece; `None` at the end.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, StoreError>;
}
