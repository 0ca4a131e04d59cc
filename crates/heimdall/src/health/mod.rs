//! Health that is asked, not assumed: named checks for liveness, readiness and startup.
//!
//! - *startup*: every [`Latch`] was let go of.
//! - *readiness*: started, every required check passes, and the service is not draining.
//! - *liveness*: nothing hangs that only a restart would free.
//!
//! The public listener says a word (`{"status":"ready"}`), the admin listener every check with its reason. Both answer
//! 200 or 503 at `/healthz/startup`, `/healthz/readiness` and `/healthz/liveness`.

mod check;
mod latch;
mod outcome;
mod report;
mod routes;

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

pub use latch::Latch;
pub use outcome::Outcome;
pub use report::{Part, Probe, Report, State};
pub use routes::routes;

use self::check::Check;

/// The checks and latches of a service. Clones are the same registry.
#[derive(Clone, Default)]
pub struct Registry(Arc<Inner>);

#[derive(Default)]
struct Inner {
    checks: Mutex<Vec<Arc<Check>>>,
    latches: Mutex<Vec<Latch>>,
}

impl Registry {
    /// Adds a check that must pass for the service to be ready. It has two seconds to answer; a good answer is believed for
    /// a second.
    pub fn readiness<F, Fut>(&self, name: impl Into<String>, check: F)
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        self.add(Check::asked(name.into(), Probe::Readiness, true, check));
    }

    /// Adds a check that is shown with readiness, but does not decide it.
    pub fn detail<F, Fut>(&self, name: impl Into<String>, check: F)
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        self.add(Check::asked(name.into(), Probe::Readiness, false, check));
    }

    /// Adds a check whose failure means that the process should be restarted: for what cannot mend itself, never for
    /// an outage of something else.
    pub fn liveness<F, Fut>(&self, name: impl Into<String>, check: F)
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        self.add(Check::asked(name.into(), Probe::Liveness, true, check));
    }

    /// Adds something that is known without asking, and therefore never remembered.
    pub(crate) fn state(
        &self,
        name: impl Into<String>,
        probe: Probe,
        required: bool,
        state: impl Fn() -> Outcome + Send + Sync + 'static,
    ) {
        self.add(Check::known(name.into(), probe, required, state));
    }

    /// A latch that holds startup and readiness until it is let go of.
    pub fn latch(&self, name: impl Into<String>) -> Latch {
        let latch = Latch::new(name.into());
        self.0.latches.lock().unwrap_or_else(PoisonError::into_inner).push(latch.clone());
        latch
    }

    /// Whether every latch was let go of.
    pub fn is_started(&self) -> bool {
        self.0.latches.lock().unwrap_or_else(PoisonError::into_inner).iter().all(Latch::is_released)
    }

    /// Asks everything that `probe` is about, side by side, each within its time.
    pub async fn report(&self, probe: Probe) -> Report {
        self.ask(probe, |_| true).await
    }

    /// The same without the details, for those who show none: what does not decide is not asked, and not waited for.
    pub(crate) async fn verdict(&self, probe: Probe) -> Report {
        self.ask(probe, |check| check.required).await
    }

    async fn ask(&self, probe: Probe, wanted: impl Fn(&Check) -> bool) -> Report {
        let checks: Vec<_> = self.0.checks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let asked = checks.iter().filter(|check| check.probe == probe && wanted(check)).map(|check| check.ask());
        let parts = futures::future::join_all(asked).await;
        let latches = self.latches();
        let latches = latches.iter().filter(|_| probe != Probe::Liveness).map(Latch::part);
        Report::new(probe, latches.chain(parts).collect())
    }

    fn latches(&self) -> Vec<Latch> {
        self.0.latches.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, check: Check) {
        self.0.checks.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::new(check));
    }
}
