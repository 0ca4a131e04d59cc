use domain::{IllegalChange, ServiceName, TaskId};
use thiserror::Error;

use crate::ports::{CommitError, StoreError, Violation};

/// A request can't be carried out; nothing was changed.
#[derive(Debug, Error)]
pub enum TaskError {
    /// No such task, or none that the caller may see.
    #[error("there is no such task")]
    NotFound,
    /// Something that was given is wrong; all of it is named.
    #[error("{} of what was given is wrong", .0.len())]
    Invalid(Vec<Violation>),
    /// The task's status does not allow it.
    #[error(transparent)]
    Illegal(#[from] IllegalChange),
    /// Another task holds the service's name.
    #[error("the name `{name}` is held by task {holder}")]
    NameTaken {
        /// The name.
        name: ServiceName,
        /// Who holds it.
        holder: TaskId,
    },
    /// The caller knows another version than is stored.
    #[error("the task is at version {current} by now")]
    Stale {
        /// The version that is stored.
        current: u64,
    },
    /// Others changed the task each time that this change was tried.
    #[error("the task is being changed by others")]
    Contended,
    /// The idempotency key was used for something else.
    #[error("this idempotency key was used with another body")]
    KeyReused,
    /// A request with this key is being answered right now.
    #[error("a request with this idempotency key is in flight")]
    KeyInFlight,
    /// The task has no artifact, or it has expired.
    #[error("the task has no artifact, or it has expired")]
    NoArtifact,
    /// The database could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<CommitError> for TaskError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::NameTaken { name, holder } => Self::NameTaken { name, holder },
            CommitError::Repeated => Self::KeyInFlight,
            CommitError::Stale | CommitError::LeaseLost => Self::Contended,
            CommitError::Store(error) => Self::Store(error),
        }
    }
}
