use opentelemetry_otlp::ExporterBuildError;

/// Why telemetry could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TelemetryError {
    /// The filter of log lines is none.
    #[error("telemetry.filter is no filter of log lines")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// The exporter of traces cannot be made.
    #[error("traces cannot be sent to telemetry.otlp_endpoint")]
    Exporter(#[from] ExporterBuildError),
    /// The exporter's HTTP client cannot be made.
    #[error("traces cannot be sent to telemetry.otlp_endpoint")]
    Client(#[from] reqwest::Error),
    /// This process has telemetry already.
    #[error("telemetry was started before")]
    Started(#[from] tracing_subscriber::util::TryInitError),
}
