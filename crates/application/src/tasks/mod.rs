//! What people and programs ask of scaffold tasks.

mod changes;
mod defaults;
mod draft;
mod error;
pub(crate) mod input;
mod merge;
mod request;

use std::sync::Arc;

use domain::TaskId;

pub use draft::{AccountPatch, DraftPatch};
pub use error::TaskError;
pub use input::{AccountInput, TaskInput};
pub use request::{Request, RequestOutcome};

use crate::ports::{
    ArtifactReader, Artifacts, Context, HistoryItem, ListedTask, LogLine, Store, TaskFilter, TaskQueries, Templates,
    Viewer,
};
use crate::references::References;
use crate::{Clock, Ids};

/// Who asks, and as part of what.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person or program, and whether others' tasks are theirs to see and change.
    pub viewer: Viewer,
    /// The request that this is part of.
    pub context: Context,
}

/// The use cases around scaffold tasks.
#[derive(Clone)]
pub struct ScaffoldTasks {
    store: Arc<dyn Store>,
    queries: Arc<dyn TaskQueries>,
    templates: Arc<dyn Templates>,
    artifacts: Arc<dyn Artifacts>,
    references: References,
    clock: Clock,
    ids: Ids,
}

impl ScaffoldTasks {
    /// The use cases over these ports.
    pub fn new(
        store: Arc<dyn Store>,
        queries: Arc<dyn TaskQueries>,
        templates: Arc<dyn Templates>,
        artifacts: Arc<dyn Artifacts>,
        references: References,
        clock: Clock,
        ids: Ids,
    ) -> Self {
        Self { store, queries, templates, artifacts, references, clock, ids }
    }

    /// One task.
    pub async fn get(&self, viewer: &Viewer, id: TaskId) -> Result<domain::TaskState, TaskError> {
        self.queries.get(viewer, id).await?.ok_or(TaskError::NotFound)
    }

    /// Tasks, newest first.
    pub async fn list(&self, viewer: &Viewer, filter: &TaskFilter) -> Result<Vec<ListedTask>, TaskError> {
        Ok(self.queries.list(viewer, filter).await?)
    }

    /// What happened to a task after version `after`, also after it was deleted.
    pub async fn history(
        &self,
        viewer: &Viewer,
        id: TaskId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<HistoryItem>, TaskError> {
        self.queries.history(viewer, id, after, limit).await?.ok_or(TaskError::NotFound)
    }

    /// What a task's steps did, after line `after`.
    pub async fn log(&self, viewer: &Viewer, id: TaskId, after: u64, limit: u32) -> Result<Vec<LogLine>, TaskError> {
        self.queries.log(viewer, id, after, limit).await?.ok_or(TaskError::NotFound)
    }

    /// The finished service.
    pub async fn artifact(
        &self,
        viewer: &Viewer,
        id: TaskId,
    ) -> Result<(domain::TaskState, Box<dyn ArtifactReader>), TaskError> {
        let task = self.get(viewer, id).await?;
        let artifact = task.artifact.clone().filter(|artifact| artifact.expires_at > self.clock.now());
        let reader = match artifact {
            Some(artifact) => self.artifacts.open(id, &artifact).await?,
            None => None,
        };
        Ok((task, reader.ok_or(TaskError::NoArtifact)?))
    }
}
