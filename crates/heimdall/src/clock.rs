//! Time as a parameter.
//!
//! Everything that needs the time takes a [`Clock`]; a lint forbids the ambient one elsewhere, so that a test can
//! decide what time it is.

use std::time::SystemTime;

use chrono::{DateTime, SubsecRound, Utc};

/// Tells the time, in whole microseconds: the precision that both databases keep, so that what was written equals what
/// is read back.
pub trait Clock: Send + Sync {
    /// The present moment, truncated to microseconds.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the ambient clock")]
    fn now(&self) -> DateTime<Utc> {
        DateTime::<Utc>::from(SystemTime::now()).trunc_subsecs(6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_has_no_more_than_microseconds() {
        let nanoseconds = (0..1000).map(|_| SystemClock.now().timestamp_subsec_nanos());
        assert!(nanoseconds.into_iter().all(|n| n % 1000 == 0));
    }
}
