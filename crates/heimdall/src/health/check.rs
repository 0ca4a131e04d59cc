use std::{future::Future, time::Duration};

use futures::future::BoxFuture;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::{Outcome, Part, Probe, State};
use crate::errors::with_causes;

/// How long a check may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a good answer is believed, so that a storm of probes is not a storm of queries. A bad one is not
/// remembered: getting well shows at once.
const MEMORY: Duration = Duration::from_secs(1);

/// A question with a name.
pub(super) struct Check {
    name: String,
    pub(super) probe: Probe,
    pub(super) required: bool,
    source: Source,
}

/// Where the answer comes from.
enum Source {
    /// It is known at any time.
    Known(Box<dyn Fn() -> Outcome + Send + Sync>),
    /// It takes time. It is asked for once at a time, and then not for a while.
    Asked { ask: Box<dyn Fn() -> BoxFuture<'static, Outcome> + Send + Sync>, well_at: Mutex<Option<Instant>> },
}

impl Check {
    pub(super) fn asked<F, Fut>(name: String, probe: Probe, required: bool, ask: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        let source = Source::Asked { ask: Box::new(move || Box::pin(ask())), well_at: Mutex::new(None) };
        Self { name, probe, required, source }
    }

    pub(super) fn known(
        name: String,
        probe: Probe,
        required: bool,
        state: impl Fn() -> Outcome + Send + Sync + 'static,
    ) -> Self {
        Self { name, probe, required, source: Source::Known(Box::new(state)) }
    }

    pub(super) async fn ask(&self) -> Part {
        let answer = match &self.source {
            Source::Known(state) => state().map_err(|error| with_causes(error.as_ref())),
            Source::Asked { ask, well_at } => {
                let mut well_at = well_at.lock().await;
                if well_at.is_some_and(|at| at.elapsed() < MEMORY) {
                    return self.part(Ok(()));
                }
                let answer = match timeout(CHECK_TIMEOUT, ask()).await {
                    Ok(answer) => answer.map_err(|error| with_causes(error.as_ref())),
                    Err(_) => Err(format!("no answer within {CHECK_TIMEOUT:?}")),
                };
                *well_at = answer.is_ok().then(Instant::now);
                answer
            }
        };
        self.part(answer)
    }

    fn part(&self, answer: Result<(), String>) -> Part {
        let state = if answer.is_ok() { State::Ok } else { State::Failed };
        Part { name: self.name.clone(), required: self.required, state, reason: answer.err() }
    }
}
