use std::{
    future::{Ready, ready},
    sync::{Arc, OnceLock},
};

use axum::{
    extract::Request,
    handler::Handler,
    http::Extensions,
    response::{IntoResponse as _, Response},
};
use futures::future::Either;

use super::AccessRule;
use crate::http::Problem;

/// Refuses every request as long as it returns a problem.
pub(super) type Condition = Box<dyn Fn() -> Result<(), Problem> + Send + Sync>;

/// What a request must pass before a handler sees anything of it.
pub(super) struct Guard {
    pub(super) rule: AccessRule,
    condition: OnceLock<Condition>,
}

impl Guard {
    pub(super) fn new(rule: AccessRule) -> Arc<Self> {
        Arc::new(Self { rule, condition: OnceLock::new() })
    }

    /// Sets what is asked before the rule. The first one counts.
    pub(super) fn ask_first(&self, condition: Condition) {
        // The error is the condition that came too late.
        let _ = self.condition.set(condition);
    }

    fn check(&self, extensions: &Extensions) -> Result<(), Problem> {
        self.condition.get().map_or(Ok(()), |condition| condition())?;
        self.rule.check(extensions)
    }
}

/// A handler behind its guard, which is asked before the handler's extractors see anything of the request. (A layer would
/// do as well, but axum allocates and copies for each layer of each request.)
///
/// It holds by itself: without the layers that leave the caller in the request, all but public routes answer 401.
#[derive(Clone)]
pub(super) struct Guarded<H> {
    handler: H,
    guard: Arc<Guard>,
}

impl<H> Guarded<H> {
    pub(super) fn new(handler: H, guard: Arc<Guard>) -> Self {
        Self { handler, guard }
    }
}

impl<H: Handler<T, S>, T, S> Handler<T, S> for Guarded<H> {
    type Future = Either<Ready<Response>, H::Future>;

    fn call(self, request: Request, state: S) -> Self::Future {
        match self.guard.check(request.extensions()) {
            Ok(()) => Either::Right(self.handler.call(request, state)),
            Err(problem) => Either::Left(ready(problem.into_response())),
        }
    }
}
