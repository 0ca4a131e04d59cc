//! Plain functions as handlers.

use super::HandlerError;
use crate::messaging::event::Event;
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
