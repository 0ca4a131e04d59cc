//! Handlers by the type of the event.

use std::marker::PhantomData;
use std::sync::Arc;

use super::function::{HandlerFunction, StatefulHandlerFunction};
use super::typed_handler::{OfFunction, OfStatefulFunction, TypedHandler};
use super::{Handler, HandlerError};
use crate::messaging::envelope::CloudEvent;
use crate::messaging::event::EventType;
use crate::messaging::record::Record;
use crate::messaging::topics::EventDescription;
use crate::messaging::work::Work;

/// What is done about the events of a topic, by their type. Events of other types are passed over.
///
/// ```
/// use heimdall::messaging::consumer::{EventHandlers, HandlerError};
/// use heimdall::messaging::{Event, EventType, Work};
/// # use schemars::JsonSchema;
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, JsonSchema)] struct Opened {}
/// # impl EventType for Opened { const TYPE: &'static str = "account.opened.v1"; }
/// # #[derive(Serialize, Deserialize, JsonSchema)] struct Closed {}
/// # impl EventType for Closed { const TYPE: &'static str = "account.closed.v1"; }
/// # struct Limits;
///
/// async fn opened(event: &Event<Opened>, work: &mut Work) -> Result<(), HandlerError> {
///     # let _ = (event, work);
///     Ok(())
/// }
///
/// async fn closed(limits: &Limits, event: &Event<Closed>, work: &mut Work) -> Result<(), HandlerError> {
///     # let _ = (limits, event, work);
///     Ok(())
/// }
///
/// let handlers = EventHandlers::new().on(opened).on_with(Limits, closed);
/// assert_eq!(handlers.types(), ["account.opened.v1", "account.closed.v1"]);
/// ```
#[derive(Clone, Default)]
pub struct EventHandlers {
    handlers: Vec<Arc<dyn TypedHandler>>,
    rejects_others: bool,
}

impl EventHandlers {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Events of the type that `handler` takes go to it: an `async fn(&Event<T>, &mut Work) -> Result<(), HandlerError>`.
    #[must_use]
    pub fn on<T: EventType>(mut self, handler: impl for<'a> HandlerFunction<'a, T>) -> Self {
        self.handlers.push(Arc::new(OfFunction(handler, PhantomData)));
        self
    }

    /// The same with a state: an `async fn(&S, &Event<T>, &mut Work) -> Result<(), HandlerError>`.
    #[must_use]
    pub fn on_with<S, T>(mut self, state: S, handler: impl for<'a> StatefulHandlerFunction<'a, S, T>) -> Self
    where
        S: Send + Sync + 'static,
        T: EventType,
    {
        self.handlers.push(Arc::new(OfStatefulFunction(state, handler, PhantomData)));
        self
    }

    /// Events of other types are parked, in the place of being passed over: somebody should see them.
    #[must_use]
    pub fn reject_others(self) -> Self {
        Self { rejects_others: true, ..self }
    }

    /// The types that are handled.
    pub fn types(&self) -> Vec<String> {
        self.handlers.iter().map(|handler| handler.kind().to_owned()).collect()
    }

    /// What is said of the types that are handled.
    pub fn events(&self) -> Vec<EventDescription> {
        self.handlers.iter().map(|handler| handler.event()).collect()
    }
}

impl Handler for EventHandlers {
    async fn handle(&self, event: &CloudEvent, record: &Record, work: &mut Work) -> Result<(), HandlerError> {
        match self.handlers.iter().find(|handler| handler.kind() == event.kind) {
            Some(handler) => handler.handle(event, record, work).await,
            None if self.rejects_others => {
                let expected = self.types().join(", ");
                Err(HandlerError::rejected(format!("its type is `{}`; expected one of {expected}", event.kind)))
            }
            None => Ok(()),
        }
    }
}

/// What can be put behind a topic: a plain function, a function with its state ([`with_state`]), or [`EventHandlers`].
/// `M` keeps these apart for the compiler.
pub trait IntoEventHandlers<M> {
    /// The same as handlers by type.
    fn into_event_handlers(self) -> EventHandlers;
}

impl<T: EventType, F: for<'a> HandlerFunction<'a, T>> IntoEventHandlers<(T,)> for F {
    fn into_event_handlers(self) -> EventHandlers {
        EventHandlers::new().on(self)
    }
}

impl IntoEventHandlers<()> for EventHandlers {
    fn into_event_handlers(self) -> EventHandlers {
        self
    }
}

/// A handler with the state that it shares with others; see [`with_state`].
pub struct WithState<S, F>(S, F);

/// Gives a handler a state: `service.on("orders", with_state(prices, placed))` for an
/// `async fn placed(prices: &Prices, event: &Event<OrderPlaced>, work: &mut Work) -> Result<(), HandlerError>`.
pub fn with_state<S, F>(state: S, handler: F) -> WithState<S, F> {
    WithState(state, handler)
}

impl<S, T, F> IntoEventHandlers<(S, T)> for WithState<S, F>
where
    S: Send + Sync + 'static,
    T: EventType,
    F: for<'a> StatefulHandlerFunction<'a, S, T>,
{
    fn into_event_handlers(self) -> EventHandlers {
        EventHandlers::new().on_with(self.0, self.1)
    }
}
