//! Calls into a template engine: off the async threads, and with panics taken for failures.

use std::any::Any;

use application::ports::{Outcome, Scaffolding, StepError, StepReport};

/// A service in the making, which lives on a blocking thread while it works.
pub(super) struct ServiceBuild(Option<Box<dyn Scaffolding>>);

impl ServiceBuild {
    pub(super) fn new(scaffolding: Box<dyn Scaffolding>) -> Self {
        Self(Some(scaffolding))
    }

    /// Does the step at `index`.
    pub(super) async fn run(&mut self, index: usize) -> Result<StepReport, StepError> {
        let mut scaffolding = self.0.take().ok_or_else(lost)?;
        let (scaffolding, report) = off_thread(move || {
            let report = scaffolding.run(index);
            (scaffolding, report)
        })
        .await?;
        self.0 = Some(scaffolding);
        report
    }

    /// Packs what the steps made.
    pub(super) async fn finish(&mut self) -> Result<Outcome, StepError> {
        let scaffolding = self.0.take().ok_or_else(lost)?;
        off_thread(move || scaffolding.finish()).await?
    }
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StepError> {
    let span = tracing::Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work)).await.map_err(|error| match error.try_into_panic() {
        Ok(payload) => panicked(payload.as_ref()),
        Err(_) => StepError { message: "the worker is stopping".to_owned(), retryable: true },
    })
}

/// What a panic says may quote a secret, so it goes neither to the task nor to the log.
pub(super) fn panicked(_payload: &(dyn Any + Send)) -> StepError {
    let message = "the template engine broke down here, which is a defect of Valkyrie and not of the template; please report it with \
                   the template and the worker's log";
    StepError { message: message.to_owned(), retryable: false }
}

/// A step after one that broke down; nobody asks for it.
fn lost() -> StepError {
    StepError { message: "an earlier step broke down".to_owned(), retryable: false }
}
