//! Logs, traces, metrics and audit lines.
//!
//! Log lines go to standard error: for people on a terminal, as JSON otherwise, with the ids of the trace they belong
//! to. Every service has a trace id for everything it does, also where no exporter is set; with
//! `telemetry.otlp_endpoint` traces are sent there over HTTP.

mod audit;
mod config;
mod context;
mod error;
mod export;
mod json;
mod metrics;
mod observed;
mod span_fields;
mod start;
mod trace_ids;

pub use audit::{AuditLine, AuditOutcome};
pub use config::{LogFormat, TelemetryConfig};
pub use context::TraceContext;
pub use error::TelemetryError;
pub use metrics::Metrics;
pub use start::Telemetry;
