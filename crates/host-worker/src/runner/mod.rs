//! The task runner: claims tasks from the database with a lease, runs them, and ends them.
//!
//! - No two runners write to one task: each write is fenced by the lease. One whose lease is lost stops at once.
//! - A runner that dies leaves its leases to run out; then another takes the tasks up again, from their start.
//! - A runner that is asked to stop claims nothing more, gives what runs its time, and hands back what is left.
//! - A database that is away ends nothing: the runner waits and goes on by itself.

mod attempt;
mod config;
mod lease;
mod metrics;
mod steps;

use std::sync::Arc;

use application::{
    ports::{Lease, TaskQueue},
    runs::TaskRuns,
};
use heimdall::{
    shutdown::Shutdown,
    telemetry::Metrics,
    wake::{Wake, WakeListener},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::{JoinError, JoinSet},
    time::{Duration, Instant, sleep, timeout},
};
use tracing::Instrument as _;

pub use self::config::WorkerConfig;
use self::metrics::RunMetrics;

/// How long a runner that found nothing waits before it looks again, unless it is woken.
const IDLE: Duration = Duration::from_millis(100);

/// Runs tasks, several at a time.
pub struct Runner {
    queue: Arc<dyn TaskQueue>,
    runs: TaskRuns,
    owner: String,
    config: WorkerConfig,
    wake: WakeListener,
    metrics: RunMetrics,
}

impl Runner {
    /// A runner that calls itself `owner`, which no other runner may be called.
    pub fn new(
        queue: Arc<dyn TaskQueue>,
        runs: TaskRuns,
        owner: impl Into<String>,
        config: WorkerConfig,
        metrics: &Metrics,
    ) -> Self {
        let metrics = RunMetrics::register(metrics);
        Self { queue, runs, owner: owner.into(), config, wake: Wake::default().listen(), metrics }
    }

    /// The same, woken from the same process when a task may be waiting.
    #[must_use]
    pub fn woken_by(self, wake: WakeListener) -> Self {
        Self { wake, ..self }
    }

    /// Runs tasks until shutdown is requested, and then those that run for as long as they may.
    pub async fn run(self: Arc<Self>, shutdown: Shutdown) {
        // Requested when there is no more time; also when this future is dropped, so that nothing outlives it.
        let stop = Shutdown::new();
        let mut runs = JoinSet::new();
        self.claims(&mut runs, &shutdown, &stop).await;
        if timeout(self.config.drain(), all(&mut runs)).await.is_err() {
            tracing::info!(tasks = runs.len(), "Handing back scaffold tasks that have not ended");
            stop.request();
            all(&mut runs).await;
        }
    }

    /// Claims tasks as long as there is room, until shutdown is requested. A claim that is under way is waited for: the
    /// leases of one that was given up would have to run out.
    async fn claims(self: &Arc<Self>, runs: &mut JoinSet<()>, shutdown: &Shutdown, stop: &Shutdown) {
        let room = Arc::new(Semaphore::new(self.config.concurrency));
        let mut pauses = lease::pauses();
        loop {
            while let Some(ended) = runs.try_join_next() {
                report(ended);
            }
            let first = tokio::select! {
                biased;
                () = shutdown.requested() => return,
                permit = Arc::clone(&room).acquire_owned() => permit,
            };
            // The semaphore is never closed.
            let Ok(first) = first else { return };
            let mut permits = vec![first];
            permits.extend(std::iter::from_fn(|| Arc::clone(&room).try_acquire_owned().ok()));
            let limit = u32::try_from(permits.len()).unwrap_or(u32::MAX);
            let asked = Instant::now();
            let pause = match self.queue.claim(&self.owner, limit, self.config.lease()).await {
                Ok(leases) => {
                    pauses.reset();
                    let full = leases.len() == permits.len();
                    self.start(leases, permits, asked + self.config.lease(), runs, stop);
                    if full { Duration::ZERO } else { IDLE }
                }
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "Scaffold tasks can't be claimed");
                    pauses.next()
                }
            };
            if !pause.is_zero() {
                tokio::select! {
                    () = shutdown.requested() => return,
                    () = self.wake.notified() => {}
                    () = sleep(pause) => {}
                }
            }
        }
    }

    fn start(
        self: &Arc<Self>,
        leases: Vec<Lease>,
        permits: Vec<OwnedSemaphorePermit>,
        held_until: Instant,
        runs: &mut JoinSet<()>,
        stop: &Shutdown,
    ) {
        for (lease, permit) in leases.into_iter().zip(permits) {
            let span = tracing::info_span!(parent: None, "scaffold task", task = %lease.task, epoch = lease.epoch);
            let attempt = Arc::clone(self).attempt(lease, held_until, stop.clone());
            let attempt = async move {
                attempt.await;
                drop(permit);
            };
            runs.spawn(attempt.instrument(span));
        }
    }
}

async fn all(runs: &mut JoinSet<()>) {
    while let Some(ended) = runs.join_next().await {
        report(ended);
    }
}

fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "Scaffold task run broke down; its lease runs out by itself"
        );
    }
}
