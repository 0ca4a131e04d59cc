use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

/// A task's sign of life. A task that loops promises to beat more often than its limit; if it does not, liveness fails,
/// because then something hangs that only a restart frees.
///
/// Between two beats a task may wait only for what is sure to come: a timer, or something with a time limit.
#[derive(Debug, Clone)]
pub struct Pulse(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: Instant,
    limit: Duration,
    /// Milliseconds after `start`; `STILL` while the task is not expected to beat.
    last: AtomicU64,
}

const STILL: u64 = u64::MAX;

impl Pulse {
    pub(super) fn new(limit: Duration) -> Self {
        Self(Arc::new(Inner { start: Instant::now(), limit, last: AtomicU64::new(STILL) }))
    }

    /// Says that the task is alive.
    pub fn beat(&self) {
        self.0.last.store(self.now(), Ordering::Relaxed);
    }

    /// Says that no beat is to be expected until the next one: the task waits for what may never come, or has ended.
    pub fn rest(&self) {
        self.0.last.store(STILL, Ordering::Relaxed);
    }

    /// How long the last beat is ago, if that is longer than it may be.
    pub(super) fn overdue(&self) -> Option<Duration> {
        let last = self.0.last.load(Ordering::Relaxed);
        let silence = Duration::from_millis(self.now().checked_sub(last)?);
        (silence > self.0.limit).then_some(silence)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.start.elapsed().as_millis()).unwrap_or(STILL - 1)
    }
}
