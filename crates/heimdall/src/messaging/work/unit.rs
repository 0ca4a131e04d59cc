use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{Cause, WorkError, WorkSettings};
use crate::database::{DatabaseError, Transaction};
use crate::messaging::envelope::{CloudEvent, EncodeError};
use crate::messaging::event::EventType;
use crate::messaging::outbox::{self, OutboxMessage};
use crate::messaging::topics::UndeclaredEvent;
use crate::telemetry::TraceContext;

/// One transaction, with what a change needs to know: the time, new ids, who speaks, and what it is a consequence of.
///
/// It reads as a [`Transaction`]. What it publishes is written to the outbox when it is committed: an event is told if,
/// and only if, its change was made. Dropping it takes all of it back.
///
/// A handler gets one that holds the event's inbox row already, and that its consumer commits; elsewhere a
/// [`WorkFactory`](super::WorkFactory) begins them.
#[must_use = "dropping a unit of work takes it back"]
pub struct Work {
    transaction: Transaction,
    settings: Arc<WorkSettings>,
    cause: Cause,
    pending: Vec<OutboxMessage>,
}

/// An event that is to be published, whatever its type.
pub(crate) struct NewEvent<'a> {
    pub(crate) topic: &'a str,
    pub(crate) key: &'a str,
    pub(crate) kind: &'a str,
    /// Who says it; `None` for the service itself.
    pub(crate) source: Option<&'a str>,
    /// Whether the service shows the schema of its data.
    pub(crate) has_schema: bool,
    pub(crate) data: Value,
}

impl Work {
    pub(super) fn new(transaction: Transaction, settings: Arc<WorkSettings>, cause: Cause) -> Self {
        Self { transaction, settings, cause, pending: Vec::new() }
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        self.settings.clock.now()
    }

    /// A new id.
    pub fn next_id(&self) -> Uuid {
        self.settings.ids.next()
    }

    /// What the change is a consequence of.
    pub fn cause(&self) -> &Cause {
        &self.cause
    }

    /// Publishes an event to a topic when this unit of work is committed. Events with one key stay in order.
    ///
    /// # Errors
    ///
    /// The service has not declared that the topic carries this type
    /// (`service.topic("…").carries::<T>()`), or the event can't be written: nothing of that is the caller's input, so
    /// it is a defect of the service.
    #[expect(clippy::unused_async, reason = "what is locked for the order of keys is locked here")]
    pub async fn publish<T: EventType>(
        &mut self,
        topic: &str,
        key: impl AsRef<str>,
        data: &T,
    ) -> Result<(), WorkError> {
        if !self.settings.topics.carries(topic, T::TYPE) {
            return Err(UndeclaredEvent { topic: topic.to_owned(), kind: T::TYPE.to_owned() }.into());
        }
        let data = serde_json::to_value(data).map_err(EncodeError::Json)?;
        let event = NewEvent { topic, key: key.as_ref(), kind: T::TYPE, source: None, has_schema: true, data };
        self.publish_new(event).map(drop)
    }

    /// The same for an event whose type is known only when the service runs, and which may be another service's: that it
    /// belongs to the topic, the caller has made sure of. Answers with its id.
    pub(crate) fn publish_new(&mut self, event: NewEvent<'_>) -> Result<String, WorkError> {
        let settings = &self.settings;
        let NewEvent { topic, key, kind, source, has_schema, data } = event;
        let id = settings.ids.next().to_string();
        let Cause { causation_id, correlation_id } = &self.cause;
        let trace = TraceContext::current();
        let source = source.unwrap_or(&settings.source);
        let mut event = CloudEvent::builder(id.as_str(), source, kind, settings.clock.now())
            .subject(key)
            .caused_by(causation_id.as_ref().unwrap_or(&id))
            .correlated_with(correlation_id.as_ref().unwrap_or(&id))
            .traceparent(Some(trace.traceparent()))
            .value(data);
        if has_schema {
            event = event.dataschema(settings.schema_of(kind));
        }
        let event = event.build()?;
        let mut headers = vec![("traceparent".to_owned(), trace.traceparent())];
        headers.extend(trace.tracestate().map(|state| ("tracestate".to_owned(), state)));
        self.pending.push(OutboxMessage { topic: topic.to_owned(), key: key.to_owned(), event, headers });
        Ok(id)
    }

    /// Makes all of it durable: the changes, and what is to be published. Then the relay of this process is woken.
    ///
    /// When it fails as unavailable, it is unknown whether it did.
    pub async fn commit(mut self) -> Result<(), WorkError> {
        let publishes = !self.pending.is_empty();
        for messages in self.pending.chunks(outbox::MOST_MESSAGES) {
            let enqueue = outbox::enqueue(messages, self.settings.mode)?;
            self.transaction.execute(enqueue).await?;
        }
        self.transaction.commit().await?;
        if publishes {
            self.settings.wake.wake();
        }
        Ok(())
    }

    /// Takes all of it back.
    pub async fn rollback(self) -> Result<(), DatabaseError> {
        self.transaction.rollback().await
    }
}

impl Deref for Work {
    type Target = Transaction;

    fn deref(&self) -> &Transaction {
        &self.transaction
    }
}

impl DerefMut for Work {
    fn deref_mut(&mut self) -> &mut Transaction {
        &mut self.transaction
    }
}
