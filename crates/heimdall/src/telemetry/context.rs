use std::{fmt, str::FromStr};

use axum::http::{HeaderMap, HeaderValue};
use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState},
};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};
use tracing::{Dispatch, Span, span::Id};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{Registry, registry::LookupSpan as _};

/// A place in a trace, as W3C Trace Context writes it (`traceparent` and `tracestate`).
#[derive(Debug, Clone, PartialEq)]
pub struct TraceContext(SpanContext);

/// What is no `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a traceparent reads 00-<32 hex digits>-<16 hex digits>-<2 hex digits>, with ids that are not all zero")]
pub struct InvalidTraceparent;

impl TraceContext {
    /// Where the caller is: the current span, or the beginning of a new trace where there is none.
    pub fn current() -> Self {
        Span::current()
            .with_subscriber(|(id, dispatch)| Self::of_span(id, dispatch))
            .flatten()
            .unwrap_or_else(Self::new)
    }

    /// Where a span is.
    pub(super) fn of_span(id: &Id, dispatch: &Dispatch) -> Option<Self> {
        given(id, dispatch).or_else(|| {
            let context = tracing_opentelemetry::get_otel_context(id, dispatch)?;
            let span = context.span().span_context().clone();
            span.is_valid().then_some(Self(span))
        })
    }

    /// The place of a new span below this one.
    pub(super) fn child(&self) -> Self {
        let Self(parent) = self;
        let (trace, span) = (parent.trace_id(), RandomIdGenerator::default().new_span_id());
        Self(SpanContext::new(trace, span, parent.trace_flags(), false, parent.trace_state().clone()))
    }

    /// The beginning of a new trace.
    #[expect(clippy::new_without_default, reason = "each one is another")]
    pub fn new() -> Self {
        let ids = RandomIdGenerator::default();
        let (trace, span) = (ids.new_trace_id(), ids.new_span_id());
        Self(SpanContext::new(trace, span, TraceFlags::SAMPLED, false, TraceState::default()))
    }

    /// What the headers `traceparent` and `tracestate` say, if they are there and valid.
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        Self::parse(text("traceparent")?, text("tracestate"))
    }

    /// The same from texts, for example a Kafka record's headers. A `tracestate` that is invalid is left out.
    pub fn parse(traceparent: &str, tracestate: Option<&str>) -> Option<Self> {
        let Self(span) = traceparent.parse().ok()?;
        let state = tracestate.and_then(|state| TraceState::from_str(state).ok()).unwrap_or_default();
        Some(Self(SpanContext::new(span.trace_id(), span.span_id(), span.trace_flags(), true, state)))
    }

    /// Makes `span` continue from here: to be called right after the span is made, for one that is recorded by then (for a collector)
    /// stays where it is. Does nothing where there are no spans.
    pub fn continue_in(&self, span: &Span) {
        let continued = span.with_subscriber(|(id, dispatch)| move_to(self, id, dispatch));
        if continued == Some(true) {
            return;
        }
        // Where nothing records spans there is nothing to continue.
        let _ = span.set_parent(Context::new().with_remote_span_context(self.0.clone()));
    }

    /// The header `traceparent`.
    pub fn traceparent(&self) -> String {
        self.to_string()
    }

    /// The header `tracestate`, unless it is empty.
    pub fn tracestate(&self) -> Option<String> {
        Some(self.0.trace_state().header()).filter(|state| !state.is_empty())
    }

    /// The trace's id, in 32 hex digits.
    pub fn trace_id(&self) -> String {
        self.0.trace_id().to_string()
    }

    /// The span's id, in 16 hex digits.
    pub fn span_id(&self) -> String {
        self.0.span_id().to_string()
    }
}

/// Where a span is, if `TraceIds` gave it its place.
fn given(id: &Id, dispatch: &Dispatch) -> Option<TraceContext> {
    let span = dispatch.downcast_ref::<Registry>()?.span(id)?;
    span.extensions().get::<TraceContext>().cloned()
}

/// Moves a span to another trace. False if it is not from `TraceIds` that it has its place.
fn move_to(parent: &TraceContext, id: &Id, dispatch: &Dispatch) -> bool {
    let span = dispatch.downcast_ref::<Registry>().and_then(|registry| registry.span(id));
    span.is_some_and(|span| match span.extensions_mut().get_mut::<TraceContext>() {
        Some(place) => {
            *place = parent.child();
            true
        }
        None => false,
    })
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (trace, span, flags) = (self.0.trace_id(), self.0.span_id(), self.0.trace_flags());
        write!(f, "00-{trace}-{span}-{:02x}", flags.to_u8())
    }
}

impl FromStr for TraceContext {
    type Err = InvalidTraceparent;

    fn from_str(text: &str) -> Result<Self, InvalidTraceparent> {
        let hex = |part: &str, length| {
            part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let mut parts = text.trim().split('-');
        let (Some(version), Some(trace), Some(span), Some(flags)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidTraceparent);
        };
        // Later versions may add parts; the first one has none.
        let known = hex(version, 2) && version != "ff" && (version != "00" || parts.next().is_none());
        if !known || !hex(trace, 32) || !hex(span, 16) || !hex(flags, 2) {
            return Err(InvalidTraceparent);
        }
        let trace = TraceId::from_hex(trace).map_err(|_| InvalidTraceparent)?;
        let span = SpanId::from_hex(span).map_err(|_| InvalidTraceparent)?;
        let flags = u8::from_str_radix(flags, 16).map_err(|_| InvalidTraceparent)?;
        let flags = TraceFlags::new(flags) & TraceFlags::SAMPLED;
        let context = SpanContext::new(trace, span, flags, true, TraceState::default());
        if context.is_valid() { Ok(Self(context)) } else { Err(InvalidTraceparent) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_traceparent_is_read_and_written() {
        let context = TraceContext::parse(PARENT, Some("vendor=1,other=2")).unwrap();
        assert_eq!(context.traceparent(), PARENT);
        assert_eq!(context.tracestate().as_deref(), Some("vendor=1,other=2"));
        assert_eq!(context.trace_id(), "0af7651916cd43dd8448eb211c80319c");
    }

    #[test]
    fn what_is_no_traceparent_is_refused() {
        let wrong = [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        ];
        assert!(wrong.iter().all(|text| text.parse::<TraceContext>().is_err()));
        assert!("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more".parse::<TraceContext>().is_ok());
    }

    #[test]
    fn there_is_a_trace_even_without_telemetry() {
        let (first, second) = (TraceContext::current(), TraceContext::current());
        assert!(first.traceparent().parse::<TraceContext>().is_ok());
        assert_ne!(first.trace_id(), second.trace_id());
    }
}
