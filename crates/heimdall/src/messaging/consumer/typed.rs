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

/// What is done about the events of a topic, by their type. Events of other types are passed over. Where several handlers
/// take one type, each gets the event, in the order in which they were given and in one unit of work.
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
        self.events().into_iter().map(|event| event.kind.into_owned()).collect()
    }

    /// What is said of the types that are handled.
    pub fn events(&self) -> Vec<EventDescription> {
        let mut events: Vec<EventDescription> = Vec::new();
        for handler in &self.handlers {
            if events.iter().all(|known| known.kind != handler.kind()) {
                events.push(handler.event());
            }
        }
        events
    }

    /// Whether there is a handler for events of this type.
    pub(crate) fn handles(&self, kind: &str) -> bool {
        self.handlers.iter().any(|handler| handler.kind() == kind)
    }

    /// Hands an event to each handler of its type in `all`. If there is none and one of `all` rejects others, so is it.
    pub(crate) async fn handle_by(
        all: &[&Self],
        event: &CloudEvent,
        record: &Record,
        work: &mut Work,
    ) -> Result<(), HandlerError> {
        let handlers = || all.iter().flat_map(|handlers| &handlers.handlers);
        if !handlers().any(|handler| handler.kind() == event.kind) && all.iter().any(|one| one.rejects_others) {
            let mut expected: Vec<_> = handlers().map(|handler| handler.kind()).collect();
            expected.sort_unstable();
            expected.dedup();
            let expected = expected.join(", ");
            return Err(HandlerError::rejected(format!("its type is `{}`; expected one of {expected}", event.kind)));
        }
        for handler in handlers().filter(|handler| handler.kind() == event.kind) {
            handler.handle(event, record, work).await?;
        }
        Ok(())
    }

    /// Whether something is done about events of this type, be it that they are rejected.
    pub(crate) fn takes_type(&self, kind: &str) -> bool {
        self.rejects_others || self.handles(kind)
    }
}

impl Handler for EventHandlers {
    fn takes(&self, event: &CloudEvent, _: &Record) -> bool {
        self.takes_type(&event.kind)
    }

    async fn handle(&self, event: &CloudEvent, record: &Record, work: &mut Work) -> Result<(), HandlerError> {
        Self::handle_by(&[self], event, record, work).await
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
