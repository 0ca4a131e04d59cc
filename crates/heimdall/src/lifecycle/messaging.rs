use std::sync::Arc;

use chrono::TimeDelta;

use super::{
    CompositionError, Service, consumers::ConsumerDeclaration, outbox_metrics, rotation::rejoining,
    watchdog::ConsumerWatchdog,
};
use crate::{
    health::{Outcome, Probe},
    messaging::{
        LogAdapter, LogConfig, WorkFactory,
        consumer::{Consumer, ConsumerHealth, Handler, IntoEventHandlers},
        embedded::EmbeddedLog,
        log::{Log, Membership, Subscription},
        outbox::Relay,
        topics::{DeclaredTopics, EventDescription, TopicDeclaration},
        work::WorkSettings,
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
                    let log = EmbeddedLog::new(self.open_database().await?, self.clock(), config.embedded);
                    Ok(Arc::new(log.map_err(|error| CompositionError::Log(error.into()))?) as Arc<dyn Log>)
                }
                LogAdapter::Kafka => self.kafka(),
            }
        };
        self.opened_log().get_or_try_init(|| Box::pin(open)).await.cloned()
    }

    #[cfg(feature = "kafka")]
    fn kafka(&self) -> Result<Arc<dyn Log>, CompositionError> {
        let changes = self.config().watch::<crate::messaging::kafka::KafkaConfig>()?;
        let log = crate::messaging::kafka::KafkaLog::new(changes.borrow().clone());
        let log = Arc::new(log.map_err(|error| CompositionError::Log(error.into()))?);
        self.follow_kafka(log.clone(), changes);
        Ok(log)
    }

    #[cfg(not(feature = "kafka"))]
    #[expect(clippy::unused_self, reason = "the same signature as with the feature")]
    fn kafka(&self) -> Result<Arc<dyn Log>, CompositionError> {
        // The section `log` refuses the adapter before.
        Err(CompositionError::Log("this build has no `kafka`: it needs the cargo feature `kafka`".into()))
    }

    /// Declares a topic that the service publishes to or reads: how it should be, and which types of events it carries.
    ///
    /// Topics are made by `<service> topics apply`, by `<service> dev`, or at the start where `log.create_topics` says
    /// so. Health always shows those that are missing.
    pub fn topic(&self, name: impl Into<String>) -> TopicDeclaration {
        self.topics().topic(name)
    }

    /// Says what another process of this service publishes to a topic, so that AsyncAPI knows of it. How the topic should
    /// be is not declared by that: it is neither made nor looked for on behalf of this process.
    pub fn topic_elsewhere(&self, name: impl Into<String>) -> TopicDeclaration {
        self.topics().topic_elsewhere(name)
    }

    /// The topics that were declared.
    pub fn topics(&self) -> &DeclaredTopics {
        &self.messaging().topics
    }

    /// Handles the events of a topic (or of all topics that a pattern such as `catalog.*` matches) for as long as the
    /// service runs: with a plain function, a function [with a state](crate::messaging::consumer::with_state), or
    /// [handlers by type](crate::messaging::consumer::EventHandlers). Each event gets a unit of work that holds its
    /// inbox row, so its effect comes about once, however often it is delivered.
    ///
    /// The consumer group is called like the service, unless the answer is told otherwise. A topic or group with a name
    /// that is none ends the composition with an error that says so.
    pub fn on<M>(&self, topic: impl Into<String>, handler: impl IntoEventHandlers<M>) -> ConsumerDeclaration {
        self.messaging().consumers.add(self.config().name(), topic.into(), handler.into_event_handlers())
    }

    /// Says that another process of this service reads a topic, so that AsyncAPI and the topics know of it.
    pub fn on_elsewhere(&self, topic: impl Into<String>, events: Vec<EventDescription>) -> ConsumerDeclaration {
        self.messaging().consumers.add_elsewhere(self.config().name(), topic.into(), events)
    }

    /// Begins units of work on the service's database. What they publish is moved to the log for as long as the service
    /// runs.
    pub async fn work(&self) -> Result<WorkFactory, CompositionError> {
        self.relay().await?;
        self.work_without_relay().await
    }

    async fn work_without_relay(&self) -> Result<WorkFactory, CompositionError> {
        let make = async {
            let config: LogConfig = self.config().section()?;
            let source = config.source_of(self.config().name());
            Ok::<_, CompositionError>(WorkFactory::new(WorkSettings {
                database: self.open_database().await?,
                clock: self.clock(),
                ids: self.ids(),
                source,
                public_url: self.public_url()?,
                mode: config.envelope,
                topics: self.topics().clone(),
                wake: self.wake().clone(),
            }))
        };
        self.messaging().work.get_or_try_init(|| Box::pin(make)).await.cloned()
    }

    /// Moves the outbox to the log for as long as the service runs (section `outbox`). [`Service::wake`] wakes it after
    /// a commit. There is one relay, however often it is asked for.
    pub async fn relay(&self) -> Result<(), CompositionError> {
        const NAME: &str = "outbox relay";
        let (database, log) = (self.open_database().await?, self.log().await?);
        if self.messaging().relays() {
            return Ok(());
        }
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
        outbox_metrics::register(&relay, self.metrics());
        self.spawn(NAME, move |shutdown| relay.clone().run(shutdown));
        Ok(())
    }

    /// Hands the subscription's events to `handler` for as long as the service runs (section `consumer`), whatever their
    /// types: for most handlers [`Service::on`] reads better. The service is ready when it is a member of the group.
    pub async fn consume(&self, subscription: Subscription, handler: impl Handler) -> Result<(), CompositionError> {
        let name = format!("consumer {}", subscription.group());
        let (work, log) = (self.work_without_relay().await?, self.log().await?);
        self.needs_log();
        let consumer = Consumer::new(work, log.clone(), subscription.clone(), handler);
        let consumer = consumer.configured(self.config().section()?);
        self.messaging().consumes(subscription, consumer.health())?;
        let (state, clock) = (consumer.health(), self.clock());
        self.health().state(name.as_str(), Probe::Readiness, true, move || {
            why_not(&state.borrow(), clock.now() - STUCK).map_or(Ok(()), |reason| Err(reason.into()))
        });
        let watchdog = Arc::new(ConsumerWatchdog::new(consumer.health(), log));
        self.health().liveness(name.as_str(), move || {
            let watchdog = watchdog.clone();
            async move { watchdog.check().await }
        });
        let changes = self.log_changes();
        self.spawn(name, move |shutdown| rejoining(consumer.clone(), shutdown, changes.clone()));
        Ok(())
    }

    /// Starts the consumers that were declared: once all of the service is composed.
    pub(super) async fn consume_declared(&self) -> Result<(), CompositionError> {
        for (subscription, handler) in self.messaging().consumers.by_group()? {
            // What can't be processed is parked through the outbox.
            self.relay().await?;
            self.consume(subscription, handler).await?;
        }
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
            format!("{partition} is held up at offset {offset}, tried {attempts} times: {reason}")
        }),
    }
}
