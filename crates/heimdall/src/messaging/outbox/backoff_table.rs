//! Rows that have to wait for a while, by what they have in common.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::time::Instant;

use crate::backoff::delay;

/// What failed for now, and how long it is left alone: later rows must not overtake it, and must not crowd out others
/// either.
#[derive(Default)]
pub(super) struct BackoffTable(HashMap<String, Pause>);

struct Pause {
    failures: u32,
    until: Instant,
}

impl BackoffTable {
    /// What is to be left alone now.
    pub(super) fn names(&self) -> Vec<String> {
        let now = Instant::now();
        self.0.iter().filter(|(_, pause)| pause.until > now).map(|(name, _)| name.clone()).collect()
    }

    /// Everything that failed when it was last tried, sorted.
    pub(super) fn failing(&mut self, max_backoff: Duration) -> Vec<String> {
        self.forget(max_backoff);
        let mut names: Vec<String> = self.0.keys().cloned().collect();
        names.sort_unstable();
        names
    }

    /// What was not tried again long after its pause is somebody else's by now, or gone.
    fn forget(&mut self, max_backoff: Duration) {
        let now = Instant::now();
        self.0.retain(|_, pause| pause.until + max_backoff * 2 > now);
    }

    /// Notes what a pass showed: what failed pauses, longer each time, and what went well does no more.
    pub(super) fn settle(&mut self, good: &HashSet<String>, bad: &HashSet<String>, max_backoff: Duration) {
        self.forget(max_backoff);
        let now = Instant::now();
        for name in good.difference(bad) {
            self.0.remove(name);
        }
        for name in bad {
            let pause = self.0.entry(name.clone()).or_insert(Pause { failures: 0, until: now });
            pause.failures += 1;
            pause.until = now + delay(pause.failures, max_backoff);
        }
    }
}
