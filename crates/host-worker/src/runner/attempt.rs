//! One claimed task, from its claim to its end.

use std::{error::Error, panic::AssertUnwindSafe, sync::Arc};

use application::{
    domain::{Failure, Status},
    ports::{Lease, StepError, StepInfo, StoreError},
    runs::{ClaimOutcome, RunError},
};
use futures::FutureExt as _;
use heimdall::lifecycle::Shutdown;
use tokio::time::{Duration, Instant, timeout};

use super::{
    Runner,
    lease::{hold, persistently},
    metrics::End,
    steps::{ServiceBuild, panicked},
};

/// How long handing a task back may take; if it fails, the lease runs out by itself.
const HAND_BACK: Duration = Duration::from_secs(2);

impl Runner {
    /// Runs a claimed task until it ends, its lease is lost, or `stop` says that there is no more time.
    pub(super) async fn attempt(self: Arc<Self>, lease: Lease, held_until: Instant, stop: Shutdown) {
        let began = Instant::now();
        self.metrics.began();
        let end = tokio::select! {
            biased;
            () = hold(self.queue.as_ref(), &lease, self.config.lease(), held_until) => End::LeaseLost,
            end = self.end(&lease) => end,
            () = stop.requested() => End::HandedBack,
        };
        if matches!(end, End::LeaseLost | End::HandedBack) {
            // A lease that another worker has is not touched by this.
            let released = timeout(HAND_BACK, self.queue.release(&lease)).await;
            if !matches!(released, Ok(Ok(()))) {
                tracing::warn!("Scaffold task not handed back; its lease runs out by itself");
            }
        }
        self.metrics.ended(end, began.elapsed());
        tracing::info!(outcome = end.as_str(), took = ?began.elapsed(), "Scaffold task run ended");
    }

    async fn end(&self, lease: &Lease) -> End {
        let done = match AssertUnwindSafe(self.work(lease)).catch_unwind().await {
            Ok(done) => done,
            Err(payload) => {
                let failure = failure("template", panicked(payload.as_ref()));
                self.fail(lease, failure).await
            }
        };
        match done {
            Ok(Some(status)) => End::Status(status),
            Ok(None) => End::Gone,
            Err(RunError::LeaseLost) => End::LeaseLost,
            Err(RunError::Store(error)) => self.give_up(lease, &error).await,
        }
    }

    async fn work(&self, lease: &Lease) -> Result<Option<Status>, RunError> {
        let run = match persistently(|| self.runs.begin(lease)).await? {
            ClaimOutcome::Run(run) => run,
            ClaimOutcome::Done(status) => return Ok(status),
        };
        let (task, steps) = (run.task, run.scaffolding.steps());
        let mut making = ServiceBuild::new(run.scaffolding);
        for (index, step) in steps.iter().enumerate() {
            if persistently(|| self.runs.is_cancelled(lease)).await? {
                return persistently(|| self.runs.stop(lease)).await.map(Some);
            }
            tracing::debug!(step = step.id, action = step.action, "Template step started");
            let report = match making.run(index).await {
                Ok(report) => report,
                Err(error) => return self.fail(lease, failure(&step.id, error)).await,
            };
            let lines = if report.lines.is_empty() { vec![headline(step)] } else { report.lines };
            persistently(|| self.runs.log(lease, &task, &step.id, &lines)).await?;
        }
        match making.finish().await {
            Ok(outcome) => persistently(|| self.runs.complete(lease, &outcome)).await.map(Some),
            Err(error) => self.fail(lease, failure("archive", error)).await,
        }
    }

    async fn fail(&self, lease: &Lease, failure: Failure) -> Result<Option<Status>, RunError> {
        tracing::info!(step = failure.step, reason = failure.message, "Scaffold task run failed");
        persistently(|| self.runs.fail(lease, failure.clone())).await.map(Some)
    }

    /// The database answers, but not with what this task needs: without this the task would be claimed for ever.
    async fn give_up(&self, lease: &Lease, error: &StoreError) -> End {
        tracing::error!(error = error as &dyn Error, "Scaffold task can't be run from what is stored");
        let message = "what is stored of this task can't be used; the worker's log says why".to_owned();
        let failure = Failure { step: "task".to_owned(), message, retryable: true };
        match self.fail(lease, failure).await {
            Ok(status) => status.map_or(End::Gone, End::Status),
            Err(RunError::LeaseLost) => End::LeaseLost,
            Err(RunError::Store(error)) => {
                // The lease stays and runs out: a pause before the next worker tries.
                tracing::error!(
                    error = &error as &dyn Error,
                    "Scaffold task can't be marked as failed; it will be claimed again"
                );
                End::Gone
            }
        }
    }
}

fn failure(step: &str, error: StepError) -> Failure {
    Failure { step: step.to_owned(), message: error.message, retryable: error.retryable }
}

fn headline(step: &StepInfo) -> String {
    format!("{} ({}) done", step.name, step.action)
}
