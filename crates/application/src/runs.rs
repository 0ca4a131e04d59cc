//! What a worker does with a task that it has claimed. Each write is fenced by the lease: a worker that lost it changes nothing.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::{Actor, Failure, ScaffoldTask, Status, TaskState};
use thiserror::Error;

use crate::catalog::reference_of;
use crate::clock::Clock;
use crate::ports::{
    Artifacts, CommitError, Context, Lease, Outcome, Scaffolding, Store, StoreError, Templates, UnitOfWork, Values,
    Viewer,
};
use crate::references::References;

/// How long a finished service can be fetched.
pub const ARTIFACT_LIFETIME: TimeDelta = TimeDelta::days(7);
/// How large a finished service may be, in bytes.
pub const ARTIFACT_LIMIT: usize = 64 << 20;

/// How often a task may be claimed in a row without coming to an end. A task beyond that
/// fails: it may be what ends its workers, or takes down their machine.
pub const MOST_CLAIMS: i64 = 5;
/// A task that has run for less than this is not failed for being claimed too often: its workers may have ended for
/// another reason.
pub const BENEFIT_OF_DOUBT: TimeDelta = TimeDelta::minutes(5);

/// The use cases of the worker.
#[derive(Clone)]
pub struct TaskRuns {
    store: Arc<dyn Store>,
    templates: Arc<dyn Templates>,
    artifacts: Arc<dyn Artifacts>,
    references: References,
    clock: Clock,
}

/// What there is to do for a claimed task.
pub enum ClaimOutcome {
    /// Run these steps.
    Run(Box<Run>),
    /// It came to an end without any: it was cancelled, could not begin, or was done before. This is how it stands;
    /// `None` when there is no such task any more.
    Done(Option<Status>),
}

/// An attempt in progress.
pub struct Run {
    /// The task as it was at the start.
    pub task: TaskState,
    /// The service in the making.
    pub scaffolding: Box<dyn Scaffolding>,
}

/// A worker could not do its work; the task will be claimed again.
#[derive(Debug, Error)]
pub enum RunError {
    /// Another worker has the task now: stop.
    #[error("another worker has the task now")]
    LeaseLost,
    /// The database could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<CommitError> for RunError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Store(error) => Self::Store(error),
            // Only a worker with the lease changes a running task's state, but for a request to cancel: see `finish`.
            CommitError::Stale | CommitError::LeaseLost | CommitError::NameTaken { .. } | CommitError::Repeated => {
                Self::LeaseLost
            }
        }
    }
}

impl TaskRuns {
    /// The use cases over these ports.
    pub fn new(
        store: Arc<dyn Store>,
        templates: Arc<dyn Templates>,
        artifacts: Arc<dyn Artifacts>,
        references: References,
        clock: Clock,
    ) -> Self {
        Self { store, templates, artifacts, references, clock }
    }

    /// Begins, or takes up again what another worker left.
    pub async fn begin(&self, lease: &Lease) -> Result<ClaimOutcome, RunError> {
        let (mut work, task) = self.load(lease).await?;
        let Some(mut task) = task else {
            work.release(lease);
            work.commit().await?;
            return Ok(ClaimOutcome::Done(None));
        };
        match task.state().status {
            Status::Queued => {
                let _ = task.start(worker(lease), self.clock.now());
                note(work.as_mut(), task.state(), "task", &format!("started by {}", lease.owner), &self.clock);
                work.save(&mut task);
                work.commit().await?;
            }
            Status::Running if self.is_worn_out(lease, task.state()) => {
                return self.fail(lease, worn_out()).await.map(|status| ClaimOutcome::Done(Some(status)));
            }
            Status::Running => {
                let line = format!("taken up again by {}: the worker before it is gone", lease.owner);
                note(work.as_mut(), task.state(), "task", &line, &self.clock);
                work.commit().await?;
            }
            // Cancelled while nobody had it in hand, or ended before the lease was given back.
            _ => {
                return self.end_cancelled(work, task, lease).await.map(|status| ClaimOutcome::Done(Some(status)));
            }
        }
        let state = task.state().clone();
        let secrets = self.store.secrets(state.id).await?;
        let values = Values {
            task: Some(state.id),
            parameters: state.parameters.clone(),
            secrets,
            requested_at: state.created_at,
        };
        match self.templates.open(&state.template, values) {
            Ok(scaffolding) => Ok(ClaimOutcome::Run(Box::new(Run { task: state, scaffolding }))),
            Err(error) => {
                let failure = Failure { step: "template".to_owned(), message: error.to_string(), retryable: true };
                self.fail(lease, failure).await.map(|status| ClaimOutcome::Done(Some(status)))
            }
        }
    }

    /// Writes down what a step did.
    pub async fn log(&self, lease: &Lease, task: &TaskState, step: &str, lines: &[String]) -> Result<(), RunError> {
        let mut work = self.store.begin(Context::default()).await?;
        work.fence(lease);
        work.log(task.id, task.attempt, step, lines, self.clock.now());
        Ok(work.commit().await?)
    }

    /// Whether the task was asked to stop. Ask between steps.
    pub async fn is_cancelled(&self, lease: &Lease) -> Result<bool, RunError> {
        let mut work = self.store.begin(Context::default()).await?;
        let task = work.task(&Viewer::system(&lease.owner), lease.task).await?;
        Ok(task.is_none_or(|task| task.state().status != Status::Running))
    }

    /// Keeps the finished service and ends the task. A task that was cancelled meanwhile ends cancelled: the answer says how
    /// it stands.
    pub async fn complete(&self, lease: &Lease, outcome: &Outcome) -> Result<Status, RunError> {
        if outcome.archive.len() > ARTIFACT_LIMIT {
            let message = format!(
                "the finished service has {} bytes packed; expected at most {ARTIFACT_LIMIT}",
                outcome.archive.len()
            );
            return self.fail(lease, Failure { step: "artifact".to_owned(), message, retryable: false }).await;
        }
        let mut entity_refs = Vec::with_capacity(outcome.entities.len());
        for entity in &outcome.entities {
            match reference_of(entity) {
                Ok(entity_ref) => entity_refs.push(entity_ref),
                Err(error) => {
                    let message = format!("catalog-info.yaml: {error}");
                    return self.fail(lease, Failure { step: "catalog".to_owned(), message, retryable: false }).await;
                }
            }
        }
        let (unknown, refused) = self.references.of_entities(&outcome.entities).await?;
        if refused {
            let message = format!("catalog-info.yaml: {}", unknown.join("; "));
            return self.fail(lease, Failure { step: "catalog".to_owned(), message, retryable: true }).await;
        }
        let artifact = self.artifacts.put(lease.task, &outcome.archive, self.clock.now() + ARTIFACT_LIFETIME).await?;
        self.finish(lease, &unknown, |task, now| {
            task.complete(artifact.clone(), outcome.entities.clone(), entity_refs.clone(), worker(lease), now)
        })
        .await
    }

    /// Ends the task with the reason why it could not be done, whether or not it was begun.
    pub async fn fail(&self, lease: &Lease, failure: Failure) -> Result<Status, RunError> {
        self.finish(lease, &[], |task, now| {
            if task.state().status == Status::Queued {
                task.start(worker(lease), now)?;
            }
            task.fail(failure.clone(), worker(lease), now)
        })
        .await
    }

    /// Ends the task as cancelled, as was requested.
    pub async fn stop(&self, lease: &Lease) -> Result<Status, RunError> {
        let (work, task) = self.load(lease).await?;
        // Only a task that no worker has can be deleted.
        self.end_cancelled(work, task.ok_or(RunError::LeaseLost)?, lease).await
    }

    /// Whether the task was claimed too often without an end. Running tasks don't change, so the last change was the start.
    fn is_worn_out(&self, lease: &Lease, task: &TaskState) -> bool {
        lease.claims > MOST_CLAIMS && self.clock.now() - task.updated_at > BENEFIT_OF_DOUBT
    }

    async fn load(&self, lease: &Lease) -> Result<(Box<dyn UnitOfWork>, Option<ScaffoldTask>), RunError> {
        let mut work = self.store.begin(Context::default()).await?;
        work.fence(lease);
        let task = work.task(&Viewer::system(&lease.owner), lease.task).await?;
        Ok((work, task))
    }

    async fn finish(
        &self,
        lease: &Lease,
        warnings: &[String],
        end: impl Fn(&mut ScaffoldTask, chrono::DateTime<chrono::Utc>) -> Result<(), domain::IllegalChange>,
    ) -> Result<Status, RunError> {
        // The only change that others can make to a running task is to ask it to stop, and only once: two rounds are enough.
        for _ in 0..2 {
            let (mut work, task) = self.load(lease).await?;
            let mut task = task.ok_or(RunError::LeaseLost)?;
            if end(&mut task, self.clock.now()).is_err() {
                return self.end_cancelled(work, task, lease).await;
            }
            let status = task.state().status;
            let line = match &task.state().failure {
                Some(failure) => format!("failed in step {}: {}", failure.step, failure.message),
                None => "completed".to_owned(),
            };
            for warning in warnings {
                note(work.as_mut(), task.state(), "catalog", &format!("warning: {warning}"), &self.clock);
            }
            note(work.as_mut(), task.state(), "task", &line, &self.clock);
            work.erase_secrets(lease.task);
            work.save(&mut task);
            work.release(lease);
            match work.commit().await {
                Err(CommitError::Stale) => {}
                Err(error) => return Err(error.into()),
                Ok(()) => return Ok(status),
            }
        }
        Err(RunError::LeaseLost)
    }

    async fn end_cancelled(
        &self,
        mut work: Box<dyn UnitOfWork>,
        mut task: ScaffoldTask,
        lease: &Lease,
    ) -> Result<Status, RunError> {
        if task.confirm_cancel(self.clock.now()).is_ok() {
            note(work.as_mut(), task.state(), "task", "cancelled", &self.clock);
            work.erase_secrets(lease.task);
            work.save(&mut task);
        }
        let status = task.state().status;
        work.release(lease);
        work.commit().await?;
        Ok(status)
    }
}

fn worn_out() -> Failure {
    let message = format!(
        "more than {MOST_CLAIMS} workers began it and none came to an end: each died, or lost touch with the database on the way"
    );
    Failure { step: "task".to_owned(), message, retryable: true }
}

fn worker(lease: &Lease) -> Actor {
    Actor::system(&lease.owner)
}

fn note(work: &mut dyn UnitOfWork, task: &TaskState, step: &str, line: &str, clock: &Clock) {
    work.log(task.id, task.attempt, step, &[line.to_owned()], clock.now());
}
