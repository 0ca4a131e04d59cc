use std::{
    io::{self, IsTerminal},
    time::Duration,
};

use opentelemetry::{global, trace::TracerProvider};
use opentelemetry_sdk::{propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use super::{
    LogFormat, TelemetryConfig, TelemetryError, export, json::JsonWithTrace, span_fields::SpanFields,
    trace_ids::TraceIds,
};

/// How long the last traces may take to be sent.
const FLUSH: Duration = Duration::from_secs(3);

/// The telemetry of a process. Keep it until the end, and [`flush`](Self::flush) it then.
#[derive(Debug)]
pub struct Telemetry {
    /// What sends spans to a collector, if one is set.
    provider: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Starts the telemetry of the service `name`, for the whole process. Needs a Tokio runtime, on which traces are
    /// sent.
    pub fn start(name: &str, config: &TelemetryConfig) -> Result<Self, TelemetryError> {
        let provider = export::provider(name, config)?;
        global::set_text_map_propagator(TraceContextPropagator::new());
        // Spans are made whatever the filter of lines says, so that traces go through; not those of the HTTP client
        // that sends them.
        let spans = Targets::new()
            .with_default(LevelFilter::INFO)
            .with_targets(["hyper", "hyper_util", "reqwest", "opentelemetry"].map(|name| (name, LevelFilter::OFF)));
        let registry = tracing_subscriber::registry();
        match &provider {
            Some(provider) => {
                // How long a span was busy or idle, on which thread and at which line of the source it began is not asked
                // for, and telling costs each request. Where a trace goes on is asked of the current span
                // (`TraceContext::current`), so that it need not be handed to OpenTelemetry's own context at each poll.
                let traces = tracing_opentelemetry::layer().with_tracked_inactivity(false);
                let traces = traces.with_context_activation(false).with_location(false).with_threads(false);
                let traces = traces.with_tracer(provider.tracer(name.to_owned())).with_filter(spans);
                registry.with(traces).with(lines(config)?).try_init()?;
            }
            None => registry.with(TraceIds.with_filter(spans)).with(lines(config)?).try_init()?,
        }
        Ok(Self { provider })
    }

    /// Sends what has not been sent yet, for a few seconds at most.
    pub async fn flush(self) {
        let Some(provider) = self.provider else { return };
        let flushed = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(FLUSH)).await;
        if let Ok(Err(error)) = flushed {
            tracing::warn!(error = &error as &dyn std::error::Error, "The last traces were not sent");
        }
    }
}

/// The layer that writes log lines.
fn lines<S>(config: &TelemetryConfig) -> Result<Box<dyn Layer<S> + Send + Sync>, TelemetryError>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    // Audit lines are not for filters to drop.
    let filter = EnvFilter::try_new(format!("{},audit=info", config.filter))?;
    let layer = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let terminal = io::stderr().is_terminal();
    let pretty = match config.log_format {
        LogFormat::Auto => terminal,
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    Ok(if pretty {
        layer.with_ansi(terminal).compact().with_filter(filter).boxed()
    } else {
        layer.fmt_fields(SpanFields).event_format(JsonWithTrace::new()).with_filter(filter).boxed()
    })
}
