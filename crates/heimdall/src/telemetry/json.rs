use std::fmt;

use opentelemetry::trace::TraceContextExt;
use tracing::{Event, Subscriber, dispatcher};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::{Format, Json, Writer},
    },
    registry::LookupSpan,
};

/// Log lines as JSON objects, with `trace_id` and `span_id` where they belong to a trace.
pub(super) struct JsonWithTrace(Format<Json>);

impl JsonWithTrace {
    pub(super) fn new() -> Self {
        Self(Format::default().json().flatten_event(true).with_current_span(true).with_span_list(false))
    }
}

impl<S, N> FormatEvent<S, N> for JsonWithTrace
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        let line = line.trim_end();
        match (line.strip_suffix('}'), trace()) {
            (Some(open), Some((trace, span))) => {
                writeln!(writer, r#"{open},"trace_id":"{trace}","span_id":"{span}"}}"#)
            }
            _ => writeln!(writer, "{line}"),
        }
    }
}

/// The trace and the span of the caller: also of spans that the filter of log lines does not let through, which the
/// formatter's own context would leave out.
fn trace() -> Option<(String, String)> {
    let context = dispatcher::get_default(|dispatch| {
        let span = dispatch.current_span();
        span.id().and_then(|span| tracing_opentelemetry::get_otel_context(span, dispatch))
    })?;
    let span = context.span().span_context().clone();
    span.is_valid().then(|| (span.trace_id().to_string(), span.span_id().to_string()))
}
