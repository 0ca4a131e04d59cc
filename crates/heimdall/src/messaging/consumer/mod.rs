//! The consumer: reads a group's records and hands each event to a handler, in one transaction with the inbox row.
//!
//! For each record: decode → inbox row and the handler's effect in one transaction → commit → only then is the position
//! stored. A crash between any two of these doubles a delivery at most, and the inbox recognises it. Partitions are
//! worked on side by side, the records of one partition in order.
//!
//! | what happens | what becomes of the record |
//! |---|---|
//! | it is no event, or a required attribute is missing | parked, the partition goes on |
//! | the handler does not [take](Handler::takes) such events | skipped, and not remembered |
//! | the event was taken in before | skipped |
//! | the handler says [`HandlerError::Rejected`], or panics | parked |
//! | the handler says [`HandlerError::Unavailable`], or the database is away | tried again for as long as it takes |
//! | the handler says [`HandlerError::Transient`] | tried again some times, then parked |
//!
//! What is parked stands on `<topic>.<group>.dead-letter`: see [`dead_letter`](super::dead_letter).

mod attempt;
mod config;
mod function;
mod handler;
mod handler_error;
mod health;
mod run;
mod typed;
mod typed_handler;
mod worker;

use std::sync::Arc;

use tokio::sync::watch;

pub use self::config::ConsumerConfig;
pub use self::function::{HandlerFunction, StatefulHandlerFunction};
pub use self::handler::Handler;
pub use self::handler_error::HandlerError;
pub use self::health::{ConsumerHealth, Stuck};
pub use self::typed::{EventHandlers, IntoEventHandlers, WithState, with_state};
use super::log::{Log, Subscription};
use super::work::WorkFactory;

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
