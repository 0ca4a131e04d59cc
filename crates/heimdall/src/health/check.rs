use std::{future::Future, time::Duration};

use futures::future::BoxFuture;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::{Outcome, Part, Probe, State};

/// How long a good answer is believed, so that a storm of probes is not a storm of queries. A bad one is not
/// remembered: getting well shows at once.
const MEMORY: Duration = Duration::from_secs(1);

/// A question with a name and a time limit. It is asked once at a time.
pub(super) struct Check {
    name: String,
    pub(super) probe: Probe,
    required: bool,
    patience: Duration,
    ask: Box<dyn Fn() -> BoxFuture<'static, Outcome> + Send + Sync>,
    well_at: Mutex<Option<Instant>>,
}

impl Check {
    pub(super) fn new<F, Fut>(name: String, probe: Probe, required: bool, patience: Duration, ask: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        Self { name, probe, required, patience, ask: Box::new(move || Box::pin(ask())), well_at: Mutex::new(None) }
    }

    pub(super) async fn ask(&self) -> Part {
        let mut well_at = self.well_at.lock().await;
        if self.probe == Probe::Readiness && well_at.is_some_and(|at| at.elapsed() < MEMORY) {
            return self.part(State::Ok, None);
        }
        let answer = timeout(self.patience, (self.ask)()).await;
        *well_at = matches!(answer, Ok(Ok(()))).then(Instant::now);
        match answer {
            Ok(Ok(())) => self.part(State::Ok, None),
            Ok(Err(error)) => self.part(State::Failed, Some(with_causes(error.as_ref()))),
            Err(_) => self.part(State::Failed, Some(format!("no answer within {:?}", self.patience))),
        }
    }

    fn part(&self, state: State, reason: Option<String>) -> Part {
        Part { name: self.name.clone(), required: self.required, state, reason }
    }
}

/// An error and all that caused it, in one line.
pub(crate) fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |line, cause| {
        let cause = cause.to_string();
        // Some errors repeat their cause in their own words.
        if line.ends_with(&cause) { line } else { format!("{line}: {cause}") }
    })
}
