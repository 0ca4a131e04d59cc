use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
};
use tokio::{task::AbortHandle, time::Instant};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use super::{
    Shutdown,
    task::{Phase, Task},
};
use crate::{
    backoff::Backoff,
    errors::{panic_message, with_causes},
    telemetry::Metrics,
};

/// A task that ran this long without failing is forgiven its earlier failures.
const FORGIVEN: Duration = Duration::from_mins(1);
/// Pauses before a restart.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(100);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Runs tasks, and starts those that fail again.
pub(super) struct Supervisor {
    shutdown: Shutdown,
    tracker: TaskTracker,
    state: Mutex<State>,
    restarts: Family<Labels, Counter>,
}

#[derive(Default)]
struct State {
    /// Tasks that wait for the preparations; `None` once those are done.
    waiting: Option<Vec<Task>>,
    running: Vec<(Task, AbortHandle)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    task: String,
}

impl Supervisor {
    pub(super) fn new(shutdown: Shutdown, metrics: &Metrics) -> Self {
        let restarts = metrics.register("heimdall_task_restarts", "Restarts of background tasks that failed");
        let state = Mutex::new(State { waiting: Some(Vec::new()), running: Vec::new() });
        Self { shutdown, tracker: TaskTracker::new(), state, restarts }
    }

    /// Starts the task now, or as soon as everything is prepared.
    pub(super) fn add(&self, task: Task) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut state.waiting {
            Some(waiting) => waiting.push(task),
            None => self.start(&mut state, task),
        }
    }

    /// Starts what waits. From now on tasks start when they are added.
    pub(super) fn start_all(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for task in state.waiting.take().unwrap_or_default() {
            self.start(&mut state, task);
        }
    }

    fn start(&self, state: &mut State, task: Task) {
        state.running.retain(|(_, handle)| !handle.is_finished());
        let counter = self.restarts.get_or_create(&Labels { task: task.name().to_owned() }).clone();
        let span = tracing::info_span!(parent: None, "task", name = task.name());
        let future = supervise(task.clone(), self.shutdown.clone(), counter).instrument(span);
        state.running.push((task, self.tracker.spawn(future).abort_handle()));
    }

    /// Waits until every task has ended; those that have not by `deadline` are ended by force and named.
    pub(super) async fn drain(&self, deadline: Instant) -> Vec<String> {
        self.tracker.close();
        if tokio::time::timeout_at(deadline, self.tracker.wait()).await.is_ok() {
            return Vec::new();
        }
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let left: Vec<_> = state.running.iter().filter(|(_, handle)| !handle.is_finished()).collect();
        for (_, handle) in &left {
            handle.abort();
        }
        left.iter().map(|(task, _)| task.name().to_owned()).collect()
    }
}

async fn supervise(task: Task, shutdown: Shutdown, restarts: Counter) {
    let mut pauses = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
    let mut failures = 0;
    loop {
        task.enter(Phase::Running);
        let started = Instant::now();
        // A task of its own, so that a panic is an answer and not an end.
        let mut run = AbortOnDrop(tokio::spawn(task.run(shutdown.clone()).in_current_span()));
        let reason = match (&mut run.0).await {
            Ok(Ok(())) => {
                task.enter(Phase::Finished);
                if !shutdown.is_requested() {
                    tracing::info!(task = task.name(), "Background task finished");
                }
                return;
            }
            Ok(Err(error)) => with_causes(error.as_ref()),
            Err(error) if error.is_panic() => format!("panicked: {}", panic_message(error.into_panic().as_ref())),
            Err(error) => error.to_string(),
        };
        if shutdown.is_requested() {
            tracing::warn!(task = task.name(), reason, "Background task failed while the service stops");
            task.enter(Phase::Finished);
            return;
        }
        if started.elapsed() > FORGIVEN {
            failures = 0;
            pauses.reset();
        }
        failures += 1;
        let pause = pauses.next();
        tracing::error!(task = task.name(), reason, failures, restart_in = ?pause, "Background task failed");
        task.enter(Phase::Failed { reason, failures });
        tokio::select! {
            () = tokio::time::sleep(pause) => restarts.inc(),
            () = shutdown.requested() => return,
        };
    }
}

/// Ends a task with the one that waits for it.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
