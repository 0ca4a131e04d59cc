//! Section `telemetry` of the configuration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::{Section, Violation};

/// Section `telemetry`: what the service tells about itself.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TelemetryConfig {
    /// Which log lines are written, in the notation of `RUST_LOG` (which sets it too).
    pub filter: String,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// The base address of an OTLP collector (HTTP) that traces are sent to; none are without it.
    pub otlp_endpoint: Option<Url>,
    /// The whole address that traces are sent to, where that is not `<otlp_endpoint>/v1/traces`.
    pub otlp_traces_endpoint: Option<Url>,
}

impl TelemetryConfig {
    /// Where traces are sent to, if anywhere.
    pub(crate) fn traces_url(&self) -> Option<String> {
        let below = |base: &Url| format!("{}/v1/traces", base.as_str().trim_end_matches('/'));
        self.otlp_traces_endpoint.as_ref().map(Url::to_string).or_else(|| self.otlp_endpoint.as_ref().map(below))
    }
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self { filter: "info".to_owned(), log_format: LogFormat::Auto, otlp_endpoint: None, otlp_traces_endpoint: None }
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// `pretty` on a terminal, `json` otherwise.
    #[default]
    Auto,
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

impl Section for TelemetryConfig {
    const PATH: &'static str = "telemetry";

    fn validate(&self) -> Vec<Violation> {
        let filter = tracing_subscriber::EnvFilter::try_new(&self.filter);
        let filter = filter.err().map(|error| Violation::new("filter", format!("is no filter of log lines: {error}")));
        let endpoints = [("otlp_endpoint", &self.otlp_endpoint), ("otlp_traces_endpoint", &self.otlp_traces_endpoint)];
        let endpoints = endpoints.into_iter().filter_map(|(key, url)| {
            let web = url.as_ref().is_none_or(|url| matches!(url.scheme(), "http" | "https"));
            Violation::unless(web, key, "must start with http:// or https://")
        });
        filter.into_iter().chain(endpoints).collect()
    }
}
