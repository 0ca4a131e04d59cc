//! Holding on to a task: the heartbeat, and patience with a database that is away.

use std::{future::Future, time::Duration};

use application::{
    ports::{Lease, StoreError, TaskQueue},
    runs::RunError,
};
use heimdall::backoff::Backoff;
use tokio::time::{Instant, sleep, timeout_at};

/// Pauses between tries while the database is away: short, since a task waits, and never longer than two seconds, so that
/// work goes on soon after the database is back.
pub(super) fn pauses() -> Backoff {
    Backoff::new(Duration::from_millis(50), Duration::from_secs(2))
}

/// Prolongs a lease until it is lost, and returns then.
///
/// It also counts as lost when the database did not answer for as long as the lease lasts, by this machine's own measure:
/// another worker may have the task by then. `held_until` is that moment for the lease as it was claimed.
pub(super) async fn hold(queue: &dyn TaskQueue, lease: &Lease, ttl: Duration, mut held_until: Instant) {
    let mut pause = ttl / 3;
    loop {
        sleep(pause.min(held_until.saturating_duration_since(Instant::now()))).await;
        let asked = Instant::now();
        match timeout_at(held_until, queue.renew(lease, ttl)).await {
            Ok(Ok(true)) => {
                // Measured from before the question: the database's answer may have been long under way.
                held_until = asked + ttl;
                pause = ttl / 3;
            }
            Ok(Ok(false)) => return,
            Err(_) => {
                tracing::warn!("Scaffold task lease expired; the database did not answer in time");
                return;
            }
            Ok(Err(error)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "Scaffold task lease not renewed yet");
                pause = (ttl / 10).min(Duration::from_secs(1));
            }
        }
    }
}

/// Does what needs the database, again and again while that is away. Whoever waits here holds a lease: when that is lost,
/// the wait is dropped.
pub(super) async fn persistently<T, Fut>(mut what: impl FnMut() -> Fut) -> Result<T, RunError>
where
    Fut: Future<Output = Result<T, RunError>>,
{
    let mut pauses = pauses();
    loop {
        match what().await {
            Err(RunError::Store(error @ StoreError::Unavailable(_))) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "Database unavailable; the scaffold task waits"
                );
                sleep(pauses.next()).await;
            }
            done => return done,
        }
    }
}
