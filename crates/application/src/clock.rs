use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

/// Where the time comes from; a parameter, so that tests decide what time it is.
///
/// ```
/// # use chrono::DateTime;
/// let clock = application::Clock::new(|| DateTime::UNIX_EPOCH);
/// assert_eq!(clock.now(), DateTime::UNIX_EPOCH);
/// ```
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// A clock that asks `now`.
    pub fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time, in microseconds at the finest.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
