//! What goes around every route, once: request ids, a span, metrics, limits, authentication, panics and deadlines as
//! problems, and headers.

mod metrics;
mod normalize;
mod rate;
mod security_headers;
mod trace;

use std::{
    convert::Infallible,
    future::poll_fn,
    mem,
    panic::AssertUnwindSafe,
    pin::pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
};
use futures::{FutureExt as _, future::BoxFuture};
use tokio::{sync::Semaphore, time::Instant};
use tower::{Service, layer::layer_fn};

pub use metrics::HttpMetrics;

use super::{Gate, Limits};
use crate::{
    auth::{Authentication, check_loopback},
    errors::panic_message,
    http::{BodyLimit, Problem, RequestId, problem::kinds},
    ids::Ids,
};

/// Who may ask.
#[derive(Clone)]
pub enum Access {
    /// Everyone who can reach the listener: for one that only operators reach.
    Open,
    /// Whoever has a valid token. Public routes are open to all, everything else is denied by default: unknown addresses and
    /// methods, too.
    Tokens(Authentication),
}

/// The layers of a host. See [`Layers::around`].
#[derive(Clone)]
pub struct Layers {
    access: Access,
    loopback: bool,
    ids: Arc<dyn Ids>,
    limits: Limits,
    metrics: Option<HttpMetrics>,
    gate: Option<Gate>,
}

/// The layers at work.
struct Stack {
    layers: Layers,
    in_flight: Semaphore,
    rate: Option<rate::RateLimit>,
}

impl Layers {
    /// Layers with the default limits.
    pub fn new(ids: Arc<dyn Ids>, access: Access) -> Self {
        Self { access, loopback: false, ids, limits: Limits::default(), metrics: None, gate: None }
    }

    /// Sets the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Counts and times the requests.
    #[must_use]
    pub fn metrics(mut self, metrics: HttpMetrics) -> Self {
        self.metrics = Some(metrics);
        self
    }

    /// Lets some of the routes wait until the service is prepared.
    #[must_use]
    pub(crate) fn gate(mut self, gate: Gate) -> Self {
        self.gate = Some(gate);
        self
    }

    /// Refuses what does not come from this machine, or comes from a web page of another origin.
    #[must_use]
    pub fn loopback_only(mut self) -> Self {
        self.loopback = true;
        self
    }

    /// Puts the layers around all that the router has so far, also around its answers to unknown routes and methods.
    pub fn around(self, router: Router) -> Router {
        let stack = Stack {
            in_flight: Semaphore::new(self.limits.requests_in_flight),
            rate: rate::RateLimit::new(&self.limits),
            layers: self,
        };
        let stack = Arc::new(stack);
        router.layer(layer_fn(move |next| Stacked { stack: stack.clone(), next }))
    }
}

/// A service inside the layers. (One of its own, for it is around each request: `middleware::from_fn` would allocate and
/// copy more for each.)
#[derive(Clone)]
struct Stacked<S> {
    stack: Arc<Stack>,
    next: S,
}

impl<S> Service<Request> for Stacked<S>
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.next.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The one that is ready is called, and its copy takes its place.
        let copy = self.next.clone();
        let next = mem::replace(&mut self.next, copy);
        let stack = self.stack.clone();
        Box::pin(async move { Ok(outer(&stack, request, next).await) })
    }
}

/// What sees each request first and each response last.
async fn outer<S>(stack: &Stack, mut request: Request, next: S) -> Response
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    let id = RequestId::of(request.headers(), &*stack.layers.ids);
    request.extensions_mut().insert(id.clone());
    let limit = BodyLimit(stack.layers.limits.body_bytes);
    if limit != BodyLimit::default() {
        request.extensions_mut().insert(limit);
    }
    let seen = trace::RequestLabels::of(&request);
    let span = trace::span(&request, &seen, &id);
    let timing = stack.layers.metrics.as_ref().map(HttpMetrics::start);
    let started = Instant::now();

    let response = {
        // `Instrumented` would go into the span once more, to drop what is over by then. (A request that its caller gives up
        // is dropped outside of the span.)
        let mut work = pin!(inner(stack, request, next));
        poll_fn(|context| span.in_scope(|| work.as_mut().poll(context))).await
    };

    let response = normalize::response(response, &id);
    trace::finish(&span, &response, started.elapsed());
    if let Some(timing) = timing {
        timing.finish(seen.method, seen.route(), response.status());
    }
    response
}

/// Decides whether the request is let in, and makes problems of what goes wrong in there.
async fn inner<S>(stack: &Stack, mut request: Request, mut next: S) -> Response
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    let _permit = match admit(stack, &mut request).await {
        Ok(permit) => permit,
        Err(problem) => return problem.into_response(),
    };
    if let Some(Err(problem)) = stack.layers.gate.as_ref().map(|gate| gate.check(&request)) {
        return problem.into_response();
    }
    let deadline = Duration::from_secs(stack.layers.limits.request_seconds);
    let work = AssertUnwindSafe(next.call(request)).catch_unwind();
    match tokio::time::timeout(deadline, work).await {
        Ok(Ok(Ok(response))) => response,
        Ok(Ok(Err(never))) => match never {},
        Ok(Err(panic)) => {
            tracing::error!(panic = panic_message(&*panic), "A handler panicked");
            Problem::new(kinds::INTERNAL_ERROR).into_response()
        }
        Err(_) => {
            let detail = format!("no answer within {} s", deadline.as_secs());
            tracing::error!(seconds = deadline.as_secs(), "A request took too long");
            Problem::new(kinds::TIMEOUT).detail(detail).retry_after(Duration::from_secs(1)).into_response()
        }
    }
}

/// The order is from cheap to dear. What is public (health, above all) is let in however busy the service is.
async fn admit<'a>(
    stack: &'a Stack,
    request: &mut Request,
) -> Result<Option<tokio::sync::SemaphorePermit<'a>>, Problem> {
    if stack.layers.loopback {
        check_loopback(request)?;
    }
    let Access::Tokens(authentication) = &stack.layers.access else {
        return Ok(None);
    };
    if authentication.is_public(request) {
        return Ok(None);
    }
    let permit = stack.in_flight.try_acquire().map_err(|_| {
        let busy = Problem::new(kinds::OVERLOADED).retry_after(Duration::from_secs(1));
        busy.detail("as many requests are at work as the service takes on at once")
    })?;
    let caller = authentication.authenticate(request).await?;
    if let Some(rate) = &stack.rate {
        rate.take(&caller, Instant::now())?;
    }
    Ok(Some(permit))
}
