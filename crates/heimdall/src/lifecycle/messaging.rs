use std::sync::Arc;

use chrono::TimeDelta;

use super::{CompositionError, Service, watchdog::ConsumerWatchdog};
use crate::{
    health::{Outcome, Probe},
    messaging::{
        LogAdapter, LogConfig,
        consumer::{Consumer, ConsumerHealth, Handler},
        embedded::EmbeddedLog,
        log::{Log, Membership, Subscription},
        outbox::{Relay, RelayHealth},
    },
};

/// How long a partition may be held up by one event before the service is not ready.
const STUCK: TimeDelta = TimeDelta::minutes(5);
/// How old the relay's last successful pass may be for the service to be ready.
const QUIET: TimeDelta = TimeDelta::seconds(30);
/// How old it may be, if the relay does not say what it fails at, before only a restart helps.
const HUNG: TimeDelta = TimeDelta::minutes(2);

impl Service {
    /// The log that `log.adapter` chooses, opened when it is first asked for. A log that is away is no error here; it
    /// is a detail of readiness, and decides it for a service that relays or consumes.
    pub async fn log(&self) -> Result<Arc<dyn Log>, CompositionError> {
        let open = async {
            let config: LogConfig = self.config().section()?;
            match config.adapter {
                LogAdapter::Embedded => {
                    let log = EmbeddedLog::new(self.database().await?, self.clock(), config.embedded);
                    Ok(Arc::new(log.map_err(|error| CompositionError::Log(error.into()))?) as Arc<dyn Log>)
                }
                LogAdapter::Kafka => self.kafka(),
            }
        };
        self.opened_log().get_or_try_init(|| Box::pin(open)).await.cloned()
    }

    #[cfg(feature = "kafka")]
    fn kafka(&self) -> Result<Arc<dyn Log>, CompositionError> {
        let log = crate::messaging::kafka::KafkaLog::new(self.config().section()?);
        Ok(Arc::new(log.map_err(|error| CompositionError::Log(error.into()))?))
    }

    #[cfg(not(feature = "kafka"))]
    #[expect(clippy::unused_self, reason = "the same signature as with the feature")]
    fn kafka(&self) -> Result<Arc<dyn Log>, CompositionError> {
        // The section `log` refuses the adapter before.
        Err(CompositionError::Log("this build has no `kafka`: it needs the cargo feature `kafka`".into()))
    }

    /// Moves the outbox to the log for as long as the service runs (section `outbox`). [`Service::wake`]
    /// wakes it after a commit.
    pub async fn relay(&self) -> Result<(), CompositionError> {
        const NAME: &str = "outbox relay";
        let (database, log) = (self.database().await?, self.log().await?);
        self.needs_log();
        let relay = Relay::new(database, log, self.clock(), self.config().section()?, self.wake());
        let (state, clock) = (relay.health(), self.clock());
        self.health().state(NAME, Probe::Readiness, true, move || {
            let state = state.borrow();
            match &state.failing {
                Some((since, reason)) => Err(format!("fails since {since}: {reason}").into()),
                None if !state.missing_topics.is_empty() => {
                    Err(format!("events wait for topics that don't exist: {}", state.missing_topics.join(", ")).into())
                }
                None if state.last_pass.is_some_and(|at| clock.now() - at < QUIET) => Ok(()),
                None => Err("has not looked through the outbox lately".into()),
            }
        });
        let (state, clock) = (relay.health(), self.clock());
        self.health().state(NAME, Probe::Liveness, true, move || {
            let state = state.borrow();
            let hung = state.last_pass.is_some_and(|at| clock.now() - at > HUNG) && state.failing.is_none();
            if hung { Err("has not looked through the outbox for minutes".into()) } else { Ok(()) }
        });
        self.count_outbox(&relay);
        self.spawn(NAME, move |shutdown| relay.clone().run(shutdown));
        Ok(())
    }

    fn count_outbox(&self, relay: &Relay) {
        let reading = |read: fn(&RelayHealth) -> u64| {
            let state = relay.health();
            move || read(&state.borrow())
        };
        let (state, metrics) = (relay.health(), self.metrics());
        metrics.gauge("heimdall_outbox_oldest_seconds", "How long the first row in the outbox has waited", move || {
            state.borrow().oldest.as_secs_f64()
        });
        let backlog = reading(|state| state.backlog);
        #[expect(clippy::cast_precision_loss, reason = "it is counted up to 100,000")]
        metrics.gauge("heimdall_outbox_backlog", "Rows in the outbox that wait", move || backlog() as f64);
        metrics.counter("heimdall_outbox_moved", "Rows that were published", reading(|state| state.moved));
        metrics.counter("heimdall_outbox_rejected", "Rows that the log refused", reading(|state| state.rejected));
    }

    /// Hands the subscription's events to `handler` for as long as the service runs (section `consumer`). The service is
    /// ready when it is a member of the group.
    pub async fn consume(&self, subscription: Subscription, handler: impl Handler) -> Result<(), CompositionError> {
        let name = format!("consumer {}", subscription.group());
        let (database, log) = (self.database().await?, self.log().await?);
        self.needs_log();
        let consumer = Consumer::new(database, log.clone(), subscription, handler, self.clock());
        let consumer = consumer.configured(self.config().section()?);
        let (state, clock) = (consumer.health(), self.clock());
        self.health().state(name.as_str(), Probe::Readiness, true, move || {
            why_not(&state.borrow(), clock.now() - STUCK).map_or(Ok(()), |reason| Err(reason.into()))
        });
        let away = Arc::new(ConsumerWatchdog::new(consumer.health(), log));
        self.health().liveness(name.as_str(), move || {
            let away = away.clone();
            async move { away.check().await }
        });
        self.spawn(name, move |shutdown| consumer.clone().run(shutdown));
        Ok(())
    }

    /// Shows the log in health, if it was opened: once it is known who needs it.
    pub(super) fn watch_log(&self) {
        let Some(log) = self.opened_log().get().cloned() else { return };
        let ask = move || {
            let log = log.clone();
            async move { Outcome::Ok(log.check().await?) }
        };
        if self.is_log_needed() {
            self.health().readiness("log", ask);
        } else {
            self.health().detail("log", ask);
        }
    }
}

/// Why a consumer does not do its work, if it does not.
fn why_not(state: &ConsumerHealth, limit: chrono::DateTime<chrono::Utc>) -> Option<String> {
    let stuck = state.stuck.iter().find(|(_, stuck)| stuck.since < limit);
    match &state.assignment.membership {
        Membership::Joining => Some("has not joined its group yet".to_owned()),
        Membership::Away { reason } => Some(format!("has lost touch with its group: {reason}")),
        Membership::Closed => Some("has left its group".to_owned()),
        Membership::Member | Membership::NoTopics => stuck.map(|(partition, stuck)| {
            let (offset, attempts, reason) = (stuck.offset, stuck.attempts, &stuck.reason);
            format!("{partition:?} is held up at offset {offset}, tried {attempts} times: {reason}")
        }),
    }
}
