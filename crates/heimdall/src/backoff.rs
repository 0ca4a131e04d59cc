//! Pauses between attempts.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

/// Pauses that double from the first to the longest, spread by chance so that replicas don't march in step.
///
/// ```
/// use std::time::Duration;
/// use heimdall::backoff::Backoff;
///
/// let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(30));
/// let pause = backoff.next();
/// assert!((100..=200).contains(&pause.as_millis()));
/// backoff.reset(); // after a success
/// ```
#[derive(Debug)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    pauses: ExponentialBackoff,
}

impl Backoff {
    /// Pauses of `first`, twice as much, and so on up to `longest`; each up to `first` longer by chance.
    pub fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, pauses: pauses(first, longest) }
    }

    /// The pause after one more failure.
    #[expect(clippy::should_implement_trait, reason = "it never ends, so it is no iterator")]
    pub fn next(&mut self) -> Duration {
        self.pauses.next().unwrap_or(self.longest)
    }

    /// Starts again from the first pause.
    pub fn reset(&mut self) {
        self.pauses = pauses(self.first, self.longest);
    }
}

fn pauses(first: Duration, longest: Duration) -> ExponentialBackoff {
    let pauses = ExponentialBuilder::default().with_min_delay(first).with_max_delay(longest).with_factor(2.0);
    pauses.with_jitter().without_max_times().build()
}

/// The pause after so many failures, for those who keep count themselves: 100 ms, 200 ms, 400 ms, … up to the longest.
pub fn delay(failures: u32, longest: Duration) -> Duration {
    Duration::from_millis(100).saturating_mul(1 << failures.saturating_sub(1).min(16)).min(longest)
}
