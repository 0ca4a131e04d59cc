use std::{future::Future, time::Duration};

use super::{PrepareError, Pulse, Service, Shutdown, Task, TaskOutcome, prepare::Preparation};
use crate::health::Probe;

impl Service {
    /// Does something once before background tasks start, and tries it until it succeeds. Preparations are made one
    /// after the other, in the order in which they were added; readiness and startup wait for them and say why.
    pub fn prepare<F, Fut>(&self, name: impl Into<String>, attempt: F)
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), PrepareError>> + Send + 'static,
    {
        let name = name.into();
        let latch = self.health().latch(name.as_str());
        let preparation = Preparation::new(name, latch, attempt);
        self.preparations().push(preparation);
    }

    /// Runs a background task once everything is prepared. If it fails or panics it is started again; health shows it,
    /// and does not depend on it. It should end soon after shutdown is requested.
    pub fn spawn<F, Fut>(&self, name: impl Into<String>, task: F) -> Task
    where
        F: Fn(Shutdown) -> Fut + Send + Sync + 'static,
        Fut: Future<Output: TaskOutcome> + Send + 'static,
    {
        self.add(Task::new(name.into(), task), false)
    }

    /// The same for a task without which the service is not ready.
    pub fn spawn_required<F, Fut>(&self, name: impl Into<String>, task: F) -> Task
    where
        F: Fn(Shutdown) -> Fut + Send + Sync + 'static,
        Fut: Future<Output: TaskOutcome> + Send + 'static,
    {
        self.add(Task::new(name.into(), task), true)
    }

    /// A sign of life that liveness listens to: whoever takes it promises to beat more often than `limit`, from its
    /// first beat on.
    pub fn pulse(&self, name: impl Into<String>, limit: Duration) -> Pulse {
        let (pulse, asked) = (Pulse::new(limit), name.into());
        let listened = pulse.clone();
        self.health().state(asked, Probe::Liveness, true, move || match listened.overdue() {
            None => Ok(()),
            Some(silence) => Err(format!("no sign of life for {} s", silence.as_secs()).into()),
        });
        pulse
    }

    fn add(&self, task: Task, required: bool) -> Task {
        task.register(self.health(), required);
        self.supervisor().add(task.clone());
        task
    }
}
