//! What a service does with an event.

use futures::future::BoxFuture;
use thiserror::Error;

use crate::database::{DatabaseError, Transaction};
use crate::messaging::envelope::{DataError, Event};
use crate::messaging::log::BoxError;
use crate::messaging::record::Record;

/// Does something about an event, within a transaction that holds its inbox row already.
pub trait Handler: Send + Sync + 'static {
    /// Writes the event's effect to `work`, and nothing outside of it: what is outside happens again when the event
    /// is delivered again. The consumer commits; on any error it takes all of it back.
    ///
    /// On `SQLite` `work` is the only writer: a handler that writes through the database beside it waits for itself.
    fn handle(
        &self,
        event: &Event,
        record: &Record,
        work: &mut Transaction,
    ) -> impl Future<Output = Result<(), HandlerError>> + Send;
}

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
            error @ (DatabaseError::RowCount { .. } | DatabaseError::UniqueViolation { .. }) => Self::transient(error),
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

/// A [`Handler`] made of a function.
pub struct HandlerFn<F>(F);

/// Makes a handler of a function: `handler(|event, record, work| async move { … }.boxed())`, with
/// [`FutureExt::boxed`](futures::FutureExt::boxed).
pub fn handler<F>(function: F) -> HandlerFn<F>
where
    F: for<'a> Fn(&'a Event, &'a Record, &'a mut Transaction) -> BoxFuture<'a, Result<(), HandlerError>>
        + Send
        + Sync
        + 'static,
{
    HandlerFn(function)
}

impl<F> Handler for HandlerFn<F>
where
    F: for<'a> Fn(&'a Event, &'a Record, &'a mut Transaction) -> BoxFuture<'a, Result<(), HandlerError>>
        + Send
        + Sync
        + 'static,
{
    async fn handle(&self, event: &Event, record: &Record, work: &mut Transaction) -> Result<(), HandlerError> {
        (self.0)(event, record, work).await
    }
}
