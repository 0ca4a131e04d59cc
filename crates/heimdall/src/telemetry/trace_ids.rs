use tracing::{
    Subscriber,
    span::{Attributes, Id},
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use super::TraceContext;

/// Gives each span its place in a trace where no collector is set, so that log lines and what is sent to others name the
/// trace all the same. What a trace would say beside that nobody asks for then, and gathering it costs each request.
pub(super) struct TraceIds;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for TraceIds {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let parent = match attributes.parent() {
            Some(parent) => context.span(parent),
            None => context.lookup_current().filter(|_| attributes.is_contextual()),
        };
        let parent = parent.and_then(|parent| parent.extensions().get::<TraceContext>().map(TraceContext::child));
        span.extensions_mut().insert(parent.unwrap_or_else(TraceContext::new));
    }
}

#[cfg(test)]
mod tests {
    use tracing::{Span, info_span};
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    fn place(span: &Span) -> (String, String) {
        let here = span.in_scope(TraceContext::current);
        (here.trace_id(), here.span_id())
    }

    #[test]
    fn spans_within_spans_share_a_trace_and_others_have_their_own() {
        tracing::subscriber::with_default(tracing_subscriber::registry().with(TraceIds), || {
            let outer = info_span!("outer");
            let (inner, beside) = outer.in_scope(|| (info_span!("inner"), info_span!(parent: None, "beside")));
            let named = info_span!(parent: &outer, "named");
            let [outer, inner, beside, named] = [outer, inner, beside, named].map(|span| place(&span));
            assert_eq!([&inner.0, &named.0], [&outer.0, &outer.0]);
            assert_ne!(beside.0, outer.0);
            let ids = [&outer.1, &inner.1, &beside.1, &named.1];
            assert_eq!(ids.into_iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
        });
    }

    #[test]
    fn a_span_goes_on_where_its_caller_is() {
        tracing::subscriber::with_default(tracing_subscriber::registry().with(TraceIds), || {
            let caller =
                TraceContext::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", Some("vendor=1"))
                    .unwrap();
            let span = info_span!("request");
            caller.continue_in(&span);
            let here = span.in_scope(TraceContext::current);
            assert_eq!((here.trace_id(), here.tracestate()), (caller.trace_id(), caller.tracestate()));
            assert!(here.traceparent().ends_with("-00"), "what is not sampled stays so: {here}");
            assert_ne!(here.span_id(), caller.span_id());
            assert_eq!(place(&span).1, here.span_id());
        });
    }
}
