use std::{
    convert::Infallible,
    future::{Ready, ready},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use futures::future::Either;
use tower::{Layer, Service};

use crate::{health::Registry, http::Problem, routes::Routes};

/// Answers 503 as long as the service is not prepared: its tables may not be there yet.
pub(crate) fn when_started(routes: Routes, health: &Registry) -> Routes {
    routes.route_layer(GateLayer(health.clone()))
}

#[derive(Clone)]
struct GateLayer(Registry);

impl<S> Layer<S> for GateLayer {
    type Service = Gate<S>;

    fn layer(&self, inner: S) -> Gate<S> {
        Gate { health: self.0.clone(), inner }
    }
}

/// A service of its own, for it is around each request: `middleware::from_fn` would allocate and copy for each.
#[derive(Clone)]
struct Gate<S> {
    health: Registry,
    inner: S,
}

impl<S> Service<Request> for Gate<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<S::Future, Ready<Result<Response, Infallible>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if self.health.is_started() {
            return Either::Left(self.inner.call(request));
        }
        let starting = Problem::unavailable("the service is starting", Duration::from_secs(1));
        Either::Right(ready(Ok(starting.into_response())))
    }
}
