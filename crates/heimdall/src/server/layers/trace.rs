use std::time::Duration;

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    response::Response,
};
use tracing::{Span, field::Empty};

use crate::{
    http::{ProblemDocument, RequestId},
    telemetry::TraceContext,
};

/// What is known of a request before it is worked on, in words that are few: they become labels of metrics.
pub(super) struct RequestLabels {
    pub(super) method: String,
    pub(super) route: String,
}

impl RequestLabels {
    pub(super) fn of(request: &Request) -> Self {
        let known =
            [Method::GET, Method::POST, Method::PATCH, Method::DELETE, Method::PUT, Method::HEAD, Method::OPTIONS];
        let method = request.method();
        let method = if known.contains(method) { method.as_str() } else { "other" };
        let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str);
        Self { method: method.to_owned(), route: route.to_owned() }
    }
}

/// The span of a request, which continues the caller's trace (W3C trace context).
pub(super) fn span(request: &Request, seen: &RequestLabels, id: &RequestId) -> Span {
    let span = tracing::info_span!(
        "request",
        otel.name = format!("{} {}", seen.method, seen.route),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = %request.method(),
        http.route = seen.route,
        url.path = request.uri().path(),
        http.response.status_code = Empty,
        request_id = %id,
    );
    if let Some(parent) = TraceContext::from_headers(request.headers()) {
        parent.continue_in(&span);
    }
    span
}

/// Records how it ended. Successes are many and say little: they are for those who ask (`debug`).
pub(super) fn finish(span: &Span, response: &Response, took: Duration) {
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    let problem = ProblemDocument::sent(response);
    let (kind, detail) = problem.map_or(("", ""), |p| (p.kind.as_str(), p.detail.as_deref().unwrap_or_default()));
    let (status, milliseconds) = (status.as_u16(), took.as_secs_f64() * 1000.0);
    span.in_scope(|| match status {
        500.. => tracing::warn!(status, milliseconds, problem = kind, detail, "answered"),
        400.. => tracing::info!(status, milliseconds, problem = kind, detail, "answered"),
        _ => tracing::debug!(status, milliseconds, "answered"),
    });
}
