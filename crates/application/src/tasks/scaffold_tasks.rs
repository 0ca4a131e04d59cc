use std::sync::Arc;

use domain::{TaskId, TaskState};

use super::error::TaskError;
use super::input::{TaskInput, ValidatedInput, validate};
use crate::clock::Clock;
use crate::ids::Ids;
use crate::ports::{
    ArtifactReader, Artifacts, CommitError, HistoryItem, ListedTask, LogLine, Store, TaskFilter, TaskQueries,
    Templates, UnitOfWork, Viewer, Violation, pointer_to,
};
use crate::references::References;

/// The use cases around scaffold tasks.
#[derive(Clone)]
pub struct ScaffoldTasks {
    pub(super) store: Arc<dyn Store>,
    queries: Arc<dyn TaskQueries>,
    pub(super) templates: Arc<dyn Templates>,
    artifacts: Arc<dyn Artifacts>,
    references: References,
    pub(super) clock: Clock,
    pub(super) ids: Ids,
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
    pub async fn get(&self, viewer: &Viewer, id: TaskId) -> Result<TaskState, TaskError> {
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
    ) -> Result<(TaskState, Box<dyn ArtifactReader>), TaskError> {
        let task = self.get(viewer, id).await?;
        let artifact = task.artifact.clone().filter(|artifact| artifact.expires_at > self.clock.now());
        let reader = match artifact {
            Some(artifact) => self.artifacts.open(id, &artifact).await?,
            None => None,
        };
        Ok((task, reader.ok_or(TaskError::NoArtifact)?))
    }

    /// Checks all of the input; input with secrets only where they can be kept.
    pub(super) async fn validate(&self, input: TaskInput) -> Result<ValidatedInput, TaskError> {
        let validated = validate(self.templates.as_ref(), input).map_err(TaskError::Invalid)?;
        let mut refused = self.references.refuse(&validated.spec.parameters).await?;
        if !self.store.keeps_secrets() {
            refused.extend(validated.secrets.keys().map(|name| nowhere_to_keep(name)));
        }
        if refused.is_empty() { Ok(validated) } else { Err(TaskError::Invalid(refused)) }
    }

    /// Commits a change to the version of a task that its caller has seen. Where a concurrent change committed first, the error says
    /// which version there is now.
    pub(super) async fn commit_to_seen_version(
        &self,
        work: Box<dyn UnitOfWork>,
        viewer: &Viewer,
        id: TaskId,
    ) -> Result<(), TaskError> {
        match work.commit().await {
            Ok(()) => Ok(()),
            Err(CommitError::Stale) => Err(TaskError::Stale { current: self.get(viewer, id).await?.version }),
            Err(error) => Err(error.into()),
        }
    }
}

/// The caller must have seen the version that is there (`None`: any will do).
pub(super) fn check_version(task: &TaskState, seen: Option<u64>) -> Result<(), TaskError> {
    match seen {
        Some(version) if version != task.version => Err(TaskError::Stale { current: task.version }),
        _ => Ok(()),
    }
}

fn nowhere_to_keep(name: &str) -> Violation {
    Violation {
        pointer: pointer_to("/parameters", name),
        detail: "this is a secret, and this installation has no key to keep secrets with".to_owned(),
        expected: "an installation whose operator has set `secrets.key`".to_owned(),
    }
}
