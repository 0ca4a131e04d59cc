use std::{
    future::{Ready, ready},
    sync::Arc,
};

use axum::{
    extract::Request,
    handler::Handler,
    response::{IntoResponse as _, Response},
};
use futures::future::Either;

use super::AccessRule;

/// A handler behind its rule, which is asked before the handler's extractors see anything of the request.
///
/// It holds by itself: without the layers that leave the caller in the request, all but public routes answer 401.
#[derive(Clone)]
pub(super) struct Guarded<H> {
    handler: H,
    rule: Arc<AccessRule>,
}

impl<H> Guarded<H> {
    pub(super) fn new(handler: H, rule: Arc<AccessRule>) -> Self {
        Self { handler, rule }
    }
}

impl<H: Handler<T, S>, T, S> Handler<T, S> for Guarded<H> {
    type Future = Either<Ready<Response>, H::Future>;

    fn call(self, request: Request, state: S) -> Self::Future {
        match self.rule.check(request.extensions()) {
            Ok(()) => Either::Right(self.handler.call(request, state)),
            Err(problem) => Either::Left(ready(problem.into_response())),
        }
    }
}
