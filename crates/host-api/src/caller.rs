use application::domain::Actor;
use application::ports::{Context, Viewer};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use heimdall::auth::Caller;
use heimdall::http::{Problem, RequestId};
use heimdall::telemetry::TraceContext;

use crate::permissions;

/// Who asks and as part of what, as the use cases want to know it. What the caller may do at all has been decided by the
/// route's rule.
pub(crate) struct RequestedBy(pub(crate) application::tasks::Caller);

impl<S: Send + Sync> FromRequestParts<S> for RequestedBy {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let sees_all = caller.has(permissions::TASKS_ADMIN);
        let viewer = Viewer { actor: Actor::new(&caller.issuer, &caller.subject), sees_all };
        Ok(Self(application::tasks::Caller { viewer, context: context(parts) }))
    }
}

/// What a change is part of: the request, whose id also names the conversation that begins with it.
fn context(parts: &Parts) -> Context {
    let request = parts.extensions.get::<RequestId>().map(ToString::to_string);
    let trace = TraceContext::current();
    Context {
        correlation_id: request.clone(),
        request,
        causation_id: None,
        traceparent: Some(trace.traceparent()),
        tracestate: trace.tracestate(),
    }
}
