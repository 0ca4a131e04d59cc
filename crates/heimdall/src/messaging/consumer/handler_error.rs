use thiserror::Error;

use crate::database::DatabaseError;
use crate::messaging::envelope::DataError;
use crate::messaging::log::BoxError;
use crate::messaging::work::WorkError;

/// Why a handler did not do it.
#[derive(Debug, Error)]
pub enum HandlerError {
    /// What it stands on is away, such as the database. The event is tried again for as long as it takes.
    #[error("what the handler needs is not available")]
    Unavailable(#[source] BoxError),
    /// It failed in a way that may pass: tried again some times, then parked.
    #[error("the handler failed")]
    Transient(#[source] BoxError),
    /// It will never work with this event: parked.
    #[error("the handler rejects the event: {reason}")]
    Rejected {
        /// What is wrong with the event.
        reason: String,
        /// The cause, where there is one.
        #[source]
        source: Option<BoxError>,
    },
}

impl HandlerError {
    /// The event is wrong, for this reason.
    pub fn rejected(reason: impl Into<String>) -> Self {
        Self::Rejected { reason: reason.into(), source: None }
    }

    /// The event is wrong, for a reason that is an error: `.map_err(HandlerError::reject)`.
    pub fn reject(source: impl Into<BoxError>) -> Self {
        let source = source.into();
        Self::Rejected { reason: source.to_string(), source: Some(source) }
    }

    /// Something failed that may work later.
    pub fn transient(source: impl Into<BoxError>) -> Self {
        Self::Transient(source.into())
    }

    /// Something is away.
    pub fn unavailable(source: impl Into<BoxError>) -> Self {
        Self::Unavailable(source.into())
    }
}

/// A database that is away, or a statement that does not fit the schema, is no fault of the event. A value that the
/// database refuses is, and a row that someone else changed or made in the meantime may pass.
impl From<DatabaseError> for HandlerError {
    fn from(error: DatabaseError) -> Self {
        match error {
            error @ (DatabaseError::RowCount { .. }
            | DatabaseError::UniqueViolation { .. }
            | DatabaseError::Aborted) => Self::transient(error),
            error if error.is_refusal() => Self::Rejected {
                reason: "the database refuses what it would write".to_owned(),
                source: Some(error.into()),
            },
            error => Self::unavailable(error),
        }
    }
}

impl From<DataError> for HandlerError {
    fn from(error: DataError) -> Self {
        Self::Rejected { reason: "its data can't be read".to_owned(), source: Some(error.into()) }
    }
}

/// What can't be written is a defect of the service, which no further try mends: the event waits for the mended service.
impl From<WorkError> for HandlerError {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Database(error) => error.into(),
            error => Self::Rejected { reason: "the handler can't publish".to_owned(), source: Some(error.into()) },
        }
    }
}
