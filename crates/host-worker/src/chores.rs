//! Small jobs that are done now and then.

use std::{error::Error, future::Future, time::Duration};

use futures::future::BoxFuture;
use heimdall::lifecycle::Shutdown;
use tokio::time::sleep;

/// How soon a chore that failed is tried again.
const AGAIN: Duration = Duration::from_secs(30);

/// A small job that is done again and again. Several workers may do it at the same time.
pub(crate) struct Chore {
    name: &'static str,
    every: Duration,
    job: Box<dyn Fn() -> BoxFuture<'static, Result<u64, BoxError>> + Send + Sync>,
}

type BoxError = Box<dyn Error + Send + Sync>;

impl Chore {
    /// Does `job` every so often; it says to how many things something was done.
    pub(crate) fn new<F, Fut, E>(name: &'static str, every: Duration, job: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<u64, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let job = move || -> BoxFuture<'static, Result<u64, BoxError>> {
            let job = job();
            Box::pin(async move { job.await.map_err(Into::into) })
        };
        Self { name, every, job: Box::new(job) }
    }

    /// The chore's name.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Does the chore at once and then every so often, until shutdown is requested.
    pub(crate) async fn run(&self, shutdown: Shutdown) {
        loop {
            let done = tokio::select! {
                done = (self.job)() => done,
                () = shutdown.requested() => return,
            };
            let pause = match done {
                Ok(0) => self.every,
                Ok(count) => {
                    tracing::debug!(chore = self.name, count, "Chore finished");
                    self.every
                }
                Err(error) => {
                    tracing::warn!(chore = self.name, error = error.as_ref() as &dyn Error, "Chore failed");
                    AGAIN.min(self.every)
                }
            };
            tokio::select! {
                () = sleep(pause) => {}
                () = shutdown.requested() => return,
            }
        }
    }
}
