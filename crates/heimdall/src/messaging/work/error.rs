use crate::database::DatabaseError;
use crate::messaging::envelope::EncodeError;
use crate::messaging::outbox::EnqueueError;
use crate::messaging::topics::UndeclaredEvent;

/// Why a unit of work can't publish or can't be committed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The event can't be written.
    #[error("the event can't be written")]
    Encode(#[from] EncodeError),
    /// The event can't be put into the outbox.
    #[error("the event can't be put into the outbox")]
    Enqueue(#[from] EnqueueError),
    /// The service has not declared what it publishes.
    #[error(transparent)]
    Undeclared(#[from] UndeclaredEvent),
}
