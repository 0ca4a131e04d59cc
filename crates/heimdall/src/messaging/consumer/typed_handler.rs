//! A function behind the type of events that it takes.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::HandlerError;
use super::function::{HandlerFunction, StatefulHandlerFunction};
use crate::messaging::envelope::CloudEvent;
use crate::messaging::event::{Event, EventType};
use crate::messaging::record::Record;
use crate::messaging::topics::EventDescription;
use crate::messaging::work::Work;

/// One type of events, and what is done about it.
pub(super) trait TypedHandler: Send + Sync {
    fn kind(&self) -> &'static str;

    fn event(&self) -> EventDescription;

    fn handle<'a>(
        &'a self,
        event: &'a CloudEvent,
        record: &'a Record,
        work: &'a mut Work,
    ) -> BoxFuture<'a, Result<(), HandlerError>>;
}

/// A function that handles events of the type `T`.
pub(super) struct OfFunction<F, T>(pub(super) F, pub(super) PhantomData<fn(T)>);

impl<T: EventType, F: for<'a> HandlerFunction<'a, T>> TypedHandler for OfFunction<F, T> {
    fn kind(&self) -> &'static str {
        T::TYPE
    }

    fn event(&self) -> EventDescription {
        EventDescription::of::<T>()
    }

    fn handle<'a>(
        &'a self,
        event: &'a CloudEvent,
        record: &'a Record,
        work: &'a mut Work,
    ) -> BoxFuture<'a, Result<(), HandlerError>> {
        async move { self.0.call(&read(event, record, work)?, work).await }.boxed()
    }
}

/// A function that handles events of the type `T` with a state.
pub(super) struct OfStatefulFunction<S, F, T>(pub(super) S, pub(super) F, pub(super) PhantomData<fn(T)>);

impl<S, T, F> TypedHandler for OfStatefulFunction<S, F, T>
where
    S: Send + Sync + 'static,
    T: EventType,
    F: for<'a> StatefulHandlerFunction<'a, S, T>,
{
    fn kind(&self) -> &'static str {
        T::TYPE
    }

    fn event(&self) -> EventDescription {
        EventDescription::of::<T>()
    }

    fn handle<'a>(
        &'a self,
        event: &'a CloudEvent,
        record: &'a Record,
        work: &'a mut Work,
    ) -> BoxFuture<'a, Result<(), HandlerError>> {
        async move { self.1.call(&self.0, &read(event, record, work)?, work).await }.boxed()
    }
}

/// The event as its type, with what only its record knows.
fn read<T: EventType>(event: &CloudEvent, record: &Record, work: &Work) -> Result<Event<T>, HandlerError> {
    Ok(Event::read(event, &record.topic, key_of(record)?, time_of(record, work))?)
}

/// The key of a record, which typed events have as text.
fn key_of(record: &Record) -> Result<Option<&str>, HandlerError> {
    record.key.as_deref().map(std::str::from_utf8).transpose().map_err(|error| HandlerError::Rejected {
        reason: "its key is not UTF-8".to_owned(),
        source: Some(error.into()),
    })
}

/// The time of an event that says none itself.
fn time_of(record: &Record, work: &Work) -> DateTime<Utc> {
    record.timestamp.unwrap_or_else(|| work.now())
}
