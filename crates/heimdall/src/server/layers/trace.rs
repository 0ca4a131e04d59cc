use std::time::Duration;

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    response::Response,
};
use opentelemetry::trace::Status;
use tracing::{Span, level_filters::LevelFilter};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::{
    http::{ProblemDocument, RequestId},
    telemetry::TraceContext,
};

/// What is known of a request before it is worked on, in words that are few: they become labels of metrics.
pub(super) struct RequestLabels {
    pub(super) method: &'static str,
    pub(super) route: Option<MatchedPath>,
}

impl RequestLabels {
    pub(super) fn of(request: &Request) -> Self {
        let method = match *request.method() {
            Method::GET => "GET",
            Method::POST => "POST",
            Method::PATCH => "PATCH",
            Method::DELETE => "DELETE",
            Method::PUT => "PUT",
            Method::HEAD => "HEAD",
            Method::OPTIONS => "OPTIONS",
            _ => "other",
        };
        Self { method, route: request.extensions().get().cloned() }
    }

    /// The route as it was declared.
    pub(super) fn route(&self) -> &str {
        self.route.as_ref().map_or("unmatched", MatchedPath::as_str)
    }
}

/// The span of a request, which continues the caller's trace (W3C trace context).
pub(super) fn span(request: &Request, seen: &RequestLabels, id: &RequestId) -> Span {
    let span = tracing::info_span!(
        "request",
        // Written only for those who ask.
        otel.name = %format_args!("{} {}", seen.method, seen.route()),
        otel.kind = "server",
        http.request.method = request.method().as_str(),
        http.route = seen.route(),
        url.path = request.uri().path(),
        request_id = id.as_str(),
    );
    if let Some(parent) = TraceContext::from_headers(request.headers()) {
        parent.continue_in(&span);
    }
    span
}

/// Records how it ended. Successes are many and say little: they are for those who ask (`debug`).
pub(super) fn finish(span: &Span, response: &Response, took: Duration) {
    let status = response.status();
    // For the trace only: a log line says the status itself, and would have all fields of the span written anew.
    span.set_attribute("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.set_status(Status::error(""));
    }
    let problem = ProblemDocument::sent(response);
    let (kind, detail) = problem.map_or(("", ""), |p| (p.kind.as_str(), p.detail.as_deref().unwrap_or_default()));
    let (status, milliseconds) = (status.as_u16(), took.as_secs_f64() * 1000.0);
    // To go into the span costs each request, also where nothing is written then.
    if status >= 400 || LevelFilter::current() >= LevelFilter::DEBUG {
        span.in_scope(|| match status {
            500.. => tracing::warn!(status, milliseconds, problem = kind, detail, "answered"),
            400.. => tracing::info!(status, milliseconds, problem = kind, detail, "answered"),
            _ => tracing::debug!(status, milliseconds, "answered"),
        });
    }
}
