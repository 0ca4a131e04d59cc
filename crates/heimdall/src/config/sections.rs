use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Section, Violation, section::Claim};
use crate::{
    auth::AuthConfig,
    database::DatabaseConfig,
    http::Limits,
    messaging::{consumer::ConsumerConfig, embedded::EmbeddedConfig, kafka::KafkaConfig, outbox::RelayConfig},
};

/// The sections that every service has.
pub(super) fn foundation() -> Vec<Claim> {
    vec![
        Claim::of::<HttpConfig>(),
        Claim::of::<AdminConfig>(),
        Claim::of::<DatabaseConfig>(),
        Claim::of::<AuthConfig>(),
        Claim::of::<LogConfig>(),
        Claim::of::<KafkaConfig>(),
        Claim::of::<RelayConfig>(),
        Claim::of::<ConsumerConfig>(),
        Claim::of::<TelemetryConfig>(),
    ]
}

/// Section `http`: the public listener.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct HttpConfig {
    /// The address to listen on; `127.0.0.1` unless told, so that nothing is reachable by accident.
    pub address: IpAddr,
    /// The port; 0 picks a free one and says which.
    pub port: u16,
    /// Where others reach this service; `http://127.0.0.1:<port>` unless told.
    pub public_url: Option<Url>,
    /// How much is let in.
    pub limits: Limits,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self { address: Ipv4Addr::LOCALHOST.into(), port: 8080, public_url: None, limits: Limits::default() }
    }
}

impl HttpConfig {
    /// The address to listen on.
    pub fn socket(&self) -> SocketAddr {
        SocketAddr::new(self.address, self.port)
    }
}

impl Section for HttpConfig {
    const PATH: &'static str = "http";

    fn validate(&self) -> Vec<Violation> {
        let web = self.public_url.as_ref().is_none_or(|url| matches!(url.scheme(), "http" | "https"));
        let checks = [
            Violation::unless(web, "public_url", "must start with http:// or https://"),
            Violation::unless(self.limits.connections > 0, "limits.connections", "must be more than 0"),
            Violation::unless(self.limits.header_seconds > 0, "limits.header_seconds", "must be more than 0"),
            Violation::unless(self.limits.body_bytes > 0, "limits.body_bytes", "must be more than 0"),
            Violation::unless(self.limits.request_seconds > 0, "limits.request_seconds", "must be more than 0"),
            Violation::unless(self.limits.requests_in_flight > 0, "limits.requests_in_flight", "must be more than 0"),
        ];
        checks.into_iter().flatten().collect()
    }
}

/// Section `admin`: the listener for metrics and the details of health. It has no authentication, so it is not for
/// the public.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct AdminConfig {
    /// The address to listen on.
    pub address: IpAddr,
    /// The port; 0 picks a free one and says which.
    pub port: u16,
}

impl Default for AdminConfig {
    fn default() -> Self {
        Self { address: Ipv4Addr::LOCALHOST.into(), port: 8081 }
    }
}

impl AdminConfig {
    /// The address to listen on.
    pub fn socket(&self) -> SocketAddr {
        SocketAddr::new(self.address, self.port)
    }
}

impl Section for AdminConfig {
    const PATH: &'static str = "admin";
}

/// Section `log`: where events travel.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LogConfig {
    /// `embedded` (in the application's own `SQLite` file) or `kafka`.
    pub adapter: LogAdapter,
    /// Settings of the embedded log; those of Kafka are the section `kafka`.
    pub embedded: EmbeddedConfig,
}

/// An adapter of the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogAdapter {
    /// An ordered, durable log in the application's own `SQLite` file.
    #[default]
    Embedded,
    /// Apache Kafka.
    Kafka,
}

impl Section for LogConfig {
    const PATH: &'static str = "log";

    fn validate(&self) -> Vec<Violation> {
        let built = cfg!(feature = "kafka") || self.adapter != LogAdapter::Kafka;
        let message = "`kafka` is not in this build; build it with the cargo feature `kafka`, or use `embedded`";
        Violation::unless(built, "adapter", message).into_iter().chain(self.embedded.validate()).collect()
    }
}

/// Section `telemetry`: what the service tells about itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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
