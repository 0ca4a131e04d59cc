use crate::{
    auth::AuthConfig,
    config::ConfigBuilder,
    database::DatabaseConfig,
    messaging::{LogConfig, consumer::ConsumerConfig, kafka::KafkaConfig, outbox::RelayConfig},
    server::{AdminConfig, HttpConfig},
    telemetry::TelemetryConfig,
};

/// Declares the sections that every service has. [`Host`](super::Host) does so for the service that it runs; who reads
/// a configuration without a host does it here.
#[must_use]
pub fn foundation_sections(builder: ConfigBuilder) -> ConfigBuilder {
    builder
        .section::<HttpConfig>()
        .section::<AdminConfig>()
        .section::<DatabaseConfig>()
        .section::<AuthConfig>()
        .section::<LogConfig>()
        .section::<KafkaConfig>()
        .section::<RelayConfig>()
        .section::<ConsumerConfig>()
        .section::<TelemetryConfig>()
}
