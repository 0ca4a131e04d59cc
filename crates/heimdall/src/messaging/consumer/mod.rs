//! The consumer: reads a group's records and hands each event to a handler, in one transaction with the inbox row.
//!
//! For each record: decode → inbox row and the handler's effect in one transaction → commit → only then is the position
//! stored. A crash between any two of these doubles a delivery at most, and the inbox recognises it. Partitions are
//! worked on side by side, the records of one partition in order.
//!
//! | what happens | what becomes of the record |
//! |---|---|
//! | it is no event, or a required attribute is missing | parked, the partition goes on |
//! | the event was taken in before | skipped |
//! | the handler says [`HandlerError::Rejected`], or panics | parked |
//! | the handler says [`HandlerError::Unavailable`], or the database is away | tried again for as long as it takes |
//! | the handler says [`HandlerError::Transient`] | tried again some times, then parked |
//!
//! What is parked stands on `<topic>.<group>.dead-letter`: see [`dead_letter`](super::dead_letter).

mod attempt;
mod function;
mod handler;
mod handler_error;
mod health;
mod run;
mod typed;
mod typed_handler;
mod worker;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

pub use self::function::{HandlerFunction, StatefulHandlerFunction};
pub use self::handler::Handler;
pub use self::handler_error::HandlerError;
pub use self::health::{ConsumerHealth, Stuck};
pub use self::typed::{EventHandlers, IntoEventHandlers, WithState, with_state};
use super::log::{Log, Subscription};
use super::work::WorkFactory;
use crate::config::{Section, Violation};

/// How a consumer works. Section `consumer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ConsumerConfig {
    /// How often an event is tried whose handler says [`HandlerError::Transient`], before it is parked.
    pub attempts: u32,
    /// The longest pause between two attempts, in milliseconds. The first is 100 ms, each further one twice as long.
    pub max_backoff_ms: u64,
    /// How many records may be read ahead of the handlers, over all partitions.
    pub read_ahead: usize,
    /// How long shutdown waits for handlers, in milliseconds, before their transactions are taken back.
    pub drain_ms: u64,
    /// How long the inbox remembers, in hours: longer than the log may deliver an event again.
    pub inbox_hours: u64,
}

impl Default for ConsumerConfig {
    fn default() -> Self {
        Self { attempts: 8, max_backoff_ms: 10_000, read_ahead: 512, drain_ms: 10_000, inbox_hours: 30 * 24 }
    }
}

impl Section for ConsumerConfig {
    const PATH: &'static str = "consumer";
    const RENAMED: &'static [(&'static str, &'static str)] = &[("slowest_retry_ms", "max_backoff_ms")];

    fn validate(&self) -> Vec<Violation> {
        let positive = |well: bool, key| Violation::unless(well, key, "must be more than 0");
        let checks = [
            positive(self.attempts > 0, "attempts"),
            positive(self.max_backoff_ms > 0, "max_backoff_ms"),
            positive(self.read_ahead > 0, "read_ahead"),
            positive(self.inbox_hours > 0, "inbox_hours"),
        ];
        checks.into_iter().flatten().collect()
    }
}

/// Hands a group's events to a handler. [`Consumer::run`] does the work. Clones share their health: one is run in the place
/// of another that was ended.
pub struct Consumer<H> {
    work: WorkFactory,
    log: Arc<dyn Log>,
    subscription: Subscription,
    handler: Arc<H>,
    config: ConsumerConfig,
    health: watch::Sender<ConsumerHealth>,
}

impl<H> Clone for Consumer<H> {
    fn clone(&self) -> Self {
        Self {
            work: self.work.clone(),
            log: self.log.clone(),
            subscription: self.subscription.clone(),
            handler: self.handler.clone(),
            config: self.config,
            health: self.health.clone(),
        }
    }
}

impl<H: Handler> Consumer<H> {
    /// A member of the subscription's group. Each event gets a unit of work of its own.
    pub fn new(work: WorkFactory, log: Arc<dyn Log>, subscription: Subscription, handler: H) -> Self {
        Self {
            work,
            log,
            subscription,
            handler: Arc::new(handler),
            config: ConsumerConfig::default(),
            health: watch::Sender::default(),
        }
    }

    /// The same, working so.
    #[must_use]
    pub fn configured(self, config: ConsumerConfig) -> Self {
        Self { config, ..self }
    }

    /// How it stands; stays valid when the consumer has ended.
    pub fn health(&self) -> watch::Receiver<ConsumerHealth> {
        self.health.subscribe()
    }
}
