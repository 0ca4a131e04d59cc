use std::{error::Error, future::Future, panic::AssertUnwindSafe};

use futures::{FutureExt as _, future::BoxFuture};

use super::{
    Shutdown,
    supervisor::{FIRST_PAUSE, LONGEST_PAUSE},
};
use crate::{
    backoff::Backoff,
    errors::{panic_message, with_causes},
    health::Latch,
};

/// Why a preparation failed.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// It is worth trying again: something outside is away.
    #[error("not yet")]
    Transient(#[source] Box<dyn Error + Send + Sync>),
    /// It will never succeed: the service ends with this error.
    #[error("the service cannot start")]
    Permanent(#[source] Box<dyn Error + Send + Sync>),
}

impl PrepareError {
    /// An error that is worth another try.
    pub fn transient(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Transient(error.into())
    }

    /// An error that no further try mends.
    pub fn permanent(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Permanent(error.into())
    }
}

/// Something to be done once before background tasks start, tried until it succeeds.
pub(super) struct Preparation {
    name: String,
    latch: Latch,
    attempt: Box<dyn Fn() -> BoxFuture<'static, Result<(), PrepareError>> + Send + Sync>,
}

impl Preparation {
    pub(super) fn new<F, Fut>(name: String, latch: Latch, attempt: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), PrepareError>> + Send + 'static,
    {
        Self { name, latch, attempt: Box::new(move || Box::pin(attempt())) }
    }

    /// Tries until it is done, or until shutdown is requested. The error is a permanent one.
    pub(super) async fn run(self, shutdown: &Shutdown) -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut pauses = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
        loop {
            let outcome = tokio::select! {
                outcome = AssertUnwindSafe(async { (self.attempt)().await }).catch_unwind() => outcome,
                () = shutdown.requested() => return Ok(()),
            };
            let error = match outcome {
                Ok(Ok(())) => {
                    self.latch.release();
                    return Ok(());
                }
                Ok(Err(PrepareError::Permanent(error))) => return Err(error),
                Ok(Err(PrepareError::Transient(error))) => with_causes(error.as_ref()),
                Err(panic) => return Err(format!("{} panicked: {}", self.name, panic_message(&*panic)).into()),
            };
            let pause = pauses.next();
            tracing::warn!(preparation = self.name, error, retry_in = ?pause, "Not prepared yet");
            self.latch.wait(error);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = shutdown.requested() => return Ok(()),
            }
        }
    }
}
