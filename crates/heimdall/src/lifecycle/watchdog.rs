use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

use crate::{
    health::Outcome,
    messaging::{
        consumer::ConsumerHealth,
        log::{Log, Membership},
    },
};

/// How long a consumer may be out of touch with a log that answers.
const LIMIT: Duration = Duration::from_mins(5);
/// How long the log may take to say that it is there. One that takes longer is away: probes don't wait for it.
const ANSWER: Duration = Duration::from_secs(1);

/// Notices a consumer that has lost its group and does not come back, though the log answers others: its client hangs,
/// and only a restart helps. While the log itself is away, a restart would not.
pub(super) struct ConsumerWatchdog {
    state: watch::Receiver<ConsumerHealth>,
    log: Arc<dyn Log>,
    since: Mutex<Option<Instant>>,
}

impl ConsumerWatchdog {
    pub(super) fn new(state: watch::Receiver<ConsumerHealth>, log: Arc<dyn Log>) -> Self {
        Self { state, log, since: Mutex::default() }
    }

    pub(super) async fn check(&self) -> Outcome {
        let away = matches!(self.state.borrow().assignment.membership, Membership::Away { .. });
        let away = away && timeout(ANSWER, self.log.check()).await.is_ok_and(|answer| answer.is_ok());
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        *since = away.then(|| since.unwrap_or_else(Instant::now));
        match *since {
            Some(since) if since.elapsed() > LIMIT => {
                Err(format!("is out of touch with a log that answers for {} s", since.elapsed().as_secs()).into())
            }
            _ => Ok(()),
        }
    }
}
