use std::fmt;

use tracing::{Event, Subscriber, dispatcher};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::{Format, Json, Writer},
    },
    registry::LookupSpan,
};

use super::TraceContext;

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
            (Some(open), Some(place)) => {
                let (trace, span) = (place.trace_id(), place.span_id());
                writeln!(writer, r#"{open},"trace_id":"{trace}","span_id":"{span}"}}"#)
            }
            _ => writeln!(writer, "{line}"),
        }
    }
}

/// The trace and the span of the caller: also of spans that the filter of log lines does not let through, which the
/// formatter's own context would leave out.
fn trace() -> Option<TraceContext> {
    dispatcher::get_default(|dispatch| TraceContext::of_span(dispatch.current_span().id()?, dispatch))
}
