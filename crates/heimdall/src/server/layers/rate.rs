use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache;
use tokio::time::Instant;

use crate::{
    auth::Caller,
    http::{Problem, problem::kinds},
    server::Limits,
};

/// A token bucket for each caller: `burst` requests at once, `per_second` for long.
pub(super) struct RateLimit {
    per_second: f64,
    burst: f64,
    buckets: Cache<String, Arc<Mutex<Bucket>>>,
}

struct Bucket {
    left: f64,
    at: Instant,
}

impl RateLimit {
    /// None if callers may send as many as they like.
    pub(super) fn new(limits: &Limits) -> Option<Self> {
        let per_second = f64::from(limits.caller_requests_per_second);
        let burst = f64::from(limits.caller_burst.max(1));
        (per_second > 0.0).then(|| {
            // A bucket that no one took from for this long is full again, so it may be forgotten.
            let idle = Duration::from_secs_f64((burst / per_second).max(1.0));
            let buckets = Cache::builder().max_capacity(100_000).time_to_idle(idle).build();
            Self { per_second, burst, buckets }
        })
    }

    /// Counts a request of the caller, or refuses it and says when one is free.
    pub(super) fn take(&self, caller: &Caller, now: Instant) -> Result<(), Problem> {
        let key = caller.to_string();
        let full = || Arc::new(Mutex::new(Bucket { left: self.burst, at: now }));
        let bucket = self.buckets.get_with(key, full);
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let gained = now.saturating_duration_since(bucket.at).as_secs_f64() * self.per_second;
        bucket.left = (bucket.left + gained).min(self.burst);
        bucket.at = now;
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            return Ok(());
        }
        let wait = Duration::from_secs_f64((1.0 - bucket.left) / self.per_second);
        let detail = format!("more than {} requests per second", self.per_second);
        Err(Problem::new(kinds::TOO_MANY_REQUESTS).detail(detail).retry_after(wait))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_in_and_then_the_rate() {
        let limits = Limits { caller_requests_per_second: 2, caller_burst: 3, ..Limits::default() };
        let rate = RateLimit::new(&limits).unwrap();
        let caller = |subject: &str| Caller {
            issuer: "i".to_owned(),
            subject: subject.to_owned(),
            permissions: [].into(),
            roles: [].into(),
            name: None,
        };
        let start = Instant::now();
        let ann = caller("ann");
        assert!((0..3).all(|_| rate.take(&ann, start).is_ok()));
        assert_eq!(rate.take(&ann, start).unwrap_err().status(), 429);
        rate.take(&caller("bob"), start).unwrap();
        let later = start + Duration::from_millis(501);
        rate.take(&ann, later).unwrap();
        rate.take(&ann, later).unwrap_err();
    }
}
