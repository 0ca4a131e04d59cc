use std::{
    error::Error,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use futures::future::BoxFuture;

use super::{Pulse, Shutdown};
use crate::health::{Outcome, Probe, Registry};

/// How long one step of a task may hold its thread before liveness calls it stuck. Steps between two `await`s take
/// microseconds; one that takes this long hangs in a loop or a blocking call.
const STEP: Duration = Duration::from_secs(10);

/// What a task may end with: nothing, or a result.
pub trait TaskOutcome {
    /// The same as a result.
    fn into_result(self) -> Outcome;
}

impl TaskOutcome for () {
    fn into_result(self) -> Outcome {
        Ok(())
    }
}

impl<E: Into<Box<dyn Error + Send + Sync>>> TaskOutcome for Result<(), E> {
    fn into_result(self) -> Outcome {
        self.map_err(Into::into)
    }
}

/// A supervised background task.
///
/// If it fails or panics, that is logged and the task is started again after a pause that grows; meanwhile health says
/// so. A task that returns without an error has finished and is not started again.
#[derive(Clone)]
pub struct Task(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) name: String,
    pub(super) make: Box<dyn Fn(Shutdown) -> BoxFuture<'static, Outcome> + Send + Sync>,
    state: Mutex<Phase>,
    step: Pulse,
}

/// Where a task is.
#[derive(Debug, Clone)]
pub(super) enum Phase {
    /// It starts when everything is prepared.
    Waiting,
    Running,
    /// It failed and will be started again.
    Failed {
        reason: String,
        failures: u32,
    },
    Finished,
}

impl Task {
    pub(super) fn new<F, Fut>(name: String, make: F) -> Self
    where
        F: Fn(Shutdown) -> Fut + Send + Sync + 'static,
        Fut: Future<Output: TaskOutcome> + Send + 'static,
    {
        let make = move |shutdown| -> BoxFuture<'static, Outcome> {
            let future = make(shutdown);
            Box::pin(async move { future.await.into_result() })
        };
        Self(Arc::new(Inner { name, make: Box::new(make), state: Mutex::new(Phase::Waiting), step: Pulse::new(STEP) }))
    }

    /// The task's name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    pub(super) fn enter(&self, phase: Phase) {
        *self.0.state.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }

    /// Shows the task in health. What is required of it decides readiness; that it hangs decides liveness.
    pub(super) fn register(&self, health: &Registry, required: bool) {
        let name = format!("task {}", self.name());
        let (state, step) = (self.clone(), self.clone());
        health.state(name.as_str(), Probe::Readiness, required, move || state.well());
        health.state(name, Probe::Liveness, true, move || match step.0.step.overdue() {
            None => Ok(()),
            Some(time) => Err(format!("holds its thread for {} s", time.as_secs()).into()),
        });
    }

    fn well(&self) -> Outcome {
        match &*self.0.state.lock().unwrap_or_else(PoisonError::into_inner) {
            Phase::Running | Phase::Finished => Ok(()),
            Phase::Waiting => Err("waits for the preparations".into()),
            Phase::Failed { reason, failures } => Err(format!("failed {failures} times: {reason}").into()),
        }
    }

    /// One run of the task, whose steps are timed.
    pub(super) fn run(&self, shutdown: Shutdown) -> impl Future<Output = Outcome> + Send + 'static {
        Timed { future: (self.0.make)(shutdown), step: self.0.step.clone() }
    }
}

/// Notes when a step of a future begins and ends.
struct Timed {
    future: BoxFuture<'static, Outcome>,
    step: Pulse,
}

impl Future for Timed {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        self.step.beat();
        let poll = self.future.as_mut().poll(context);
        self.step.rest();
        poll
    }
}

impl Drop for Timed {
    /// A step that panics ends here.
    fn drop(&mut self) {
        self.step.rest();
    }
}
