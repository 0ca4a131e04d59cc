use domain::{ScaffoldTask, TaskId, TaskState};

use super::caller::Caller;
use super::error::TaskError;
use super::input::TaskInput;
use super::scaffold_tasks::ScaffoldTasks;
use crate::ports::{CommitError, IdempotencyKey, StoredReply};
use crate::view::TaskView;

/// A request for a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What it should be.
    pub input: TaskInput,
    /// Whether to make it now, rather than keep a draft.
    pub start: bool,
    /// The key that makes it safe to repeat.
    pub idempotency: Option<IdempotencyKey>,
}

/// What comes of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum RequestOutcome {
    /// A new task.
    Created(Box<TaskState>),
    /// The answer that the same request got before.
    Replayed(StoredReply),
}

impl ScaffoldTasks {
    /// Writes a new task down, and queues it unless a draft was asked for.
    ///
    /// The happy path only writes, and only once: repetitions and names that are taken are noticed by the database.
    pub async fn request(&self, caller: Caller, request: Request) -> Result<RequestOutcome, TaskError> {
        let validated = match self.validate(request.input).await {
            Ok(validated) => validated,
            // A template or a catalog that was changed since must not keep a repeated request from its answer.
            Err(wrong @ TaskError::Invalid(_)) => return self.replayed(request.idempotency, wrong).await,
            Err(error) => return Err(error),
        };
        let (by, now) = (caller.viewer.actor, self.clock.now());
        let mut task = ScaffoldTask::draft(TaskId::new(self.ids.next()), validated.spec, by.clone(), now);
        if request.start {
            task.queue(by, now)?;
        }
        let state = task.state().clone();

        let mut work = self.store.begin(caller.context).await?;
        work.add(&mut task);
        if !validated.secrets.is_empty() {
            work.keep_secrets(state.id, validated.secrets);
        }
        if let Some(key) = &request.idempotency {
            work.remember(key.clone(), reply(key, &state, request.start));
        }
        match work.commit().await {
            Ok(()) => Ok(RequestOutcome::Created(Box::new(state))),
            // The database may name either conflict first; a repeated request must not be told that it is in its own way.
            Err(error @ (CommitError::Repeated | CommitError::NameTaken { .. })) => {
                self.replayed(request.idempotency, error.into()).await
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn replayed(&self, key: Option<IdempotencyKey>, refusal: TaskError) -> Result<RequestOutcome, TaskError> {
        let Some(key) = key else { return Err(refusal) };
        match self.store.reply(&key).await? {
            Some(reply) if reply.fingerprint == key.fingerprint => Ok(RequestOutcome::Replayed(reply)),
            Some(_) => Err(TaskError::KeyReused),
            None => Err(refusal),
        }
    }
}

fn reply(key: &IdempotencyKey, task: &TaskState, started: bool) -> StoredReply {
    StoredReply {
        fingerprint: key.fingerprint.clone(),
        started,
        task: task.id,
        body: serde_json::to_value(TaskView::from(task)).unwrap_or_default(),
        at: task.created_at,
    }
}
