//! Plain functions as handlers.

use std::marker::PhantomData;

use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::HandlerError;
use super::typed::{TypedHandler, key_of, time_of};
use crate::messaging::envelope::CloudEvent;
use crate::messaging::event::{Event, EventType};
use crate::messaging::record::Record;
use crate::messaging::topics::EventDescription;
use crate::messaging::work::Work;

/// An asynchronous function of an event and a unit of work. (A trait of its own, since only so a bound can say that the
/// future borrows from both.)
pub trait HandlerFunction<'a, T>: Send + Sync + 'static {
    /// What it does.
    type Output: Future<Output = Result<(), HandlerError>> + Send + 'a;

    /// Calls it.
    fn call(&self, event: &'a Event<T>, work: &'a mut Work) -> Self::Output;
}

impl<'a, T, F, Fut> HandlerFunction<'a, T> for F
where
    T: 'a,
    F: Fn(&'a Event<T>, &'a mut Work) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), HandlerError>> + Send + 'a,
{
    type Output = Fut;

    fn call(&self, event: &'a Event<T>, work: &'a mut Work) -> Fut {
        self(event, work)
    }
}

/// The same of a state that handlers share, an event and a unit of work.
pub trait StatefulHandlerFunction<'a, S, T>: Send + Sync + 'static {
    /// What it does.
    type Output: Future<Output = Result<(), HandlerError>> + Send + 'a;

    /// Calls it.
    fn call(&self, state: &'a S, event: &'a Event<T>, work: &'a mut Work) -> Self::Output;
}

impl<'a, S, T, F, Fut> StatefulHandlerFunction<'a, S, T> for F
where
    S: 'a,
    T: 'a,
    F: Fn(&'a S, &'a Event<T>, &'a mut Work) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), HandlerError>> + Send + 'a,
{
    type Output = Fut;

    fn call(&self, state: &'a S, event: &'a Event<T>, work: &'a mut Work) -> Fut {
        self(state, event, work)
    }
}

/// A function that handles events of the type `T`.
pub(super) struct OfFunction<F, T>(pub(super) F, pub(super) PhantomData<fn(T)>);

impl<T: EventType, F: for<'a> HandlerFunction<'a, T>> TypedHandler for OfFunction<F, T> {
    fn event(&self) -> EventDescription {
        EventDescription::of::<T>()
    }

    fn handle<'a>(
        &'a self,
        event: &'a CloudEvent,
        record: &'a Record,
        work: &'a mut Work,
    ) -> BoxFuture<'a, Result<(), HandlerError>> {
        async move {
            let event = Event::read(event, &record.topic, key_of(record)?, time_of(record, work))?;
            self.0.call(&event, work).await
        }
        .boxed()
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
    fn event(&self) -> EventDescription {
        EventDescription::of::<T>()
    }

    fn handle<'a>(
        &'a self,
        event: &'a CloudEvent,
        record: &'a Record,
        work: &'a mut Work,
    ) -> BoxFuture<'a, Result<(), HandlerError>> {
        async move {
            let event = Event::read(event, &record.topic, key_of(record)?, time_of(record, work))?;
            self.1.call(&self.0, &event, work).await
        }
        .boxed()
    }
}
