//! Section `log` of the configuration: which log events travel on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::embedded::EmbeddedConfig;
use super::envelope::EnvelopeMode;
use crate::config::{Section, Violation};

/// Section `log`: where events travel.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct LogConfig {
    /// `embedded` (in the application's own `SQLite` file) or `kafka`.
    pub adapter: LogAdapter,
    /// The `source` of the events that the service publishes; `/<service>` unless told.
    pub source: Option<String>,
    /// Whether the envelope of published events stands in the payload (`structured`) or in headers (`binary`).
    pub envelope: EnvelopeMode,
    /// Whether the service makes its declared topics when it starts and they are missing. Else they are made by
    /// `<service> topics apply`, or by others.
    pub create_topics: bool,
    /// Settings of the embedded log; those of Kafka are the section `kafka`.
    pub embedded: EmbeddedConfig,
}

/// An adapter of the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogAdapter {
    /// An ordered, durable log in the application's own `SQLite` file.
    #[default]
    Embedded,
    /// Apache Kafka.
    Kafka,
}

impl LogConfig {
    /// The `source` of the events that the service of this name publishes.
    pub(crate) fn source_of(&self, service: &str) -> String {
        self.source.clone().unwrap_or_else(|| format!("/{service}"))
    }
}

impl Section for LogConfig {
    const PATH: &'static str = "log";

    fn validate(&self) -> Vec<Violation> {
        let built = cfg!(feature = "kafka") || self.adapter != LogAdapter::Kafka;
        let message = "`kafka` is not in this build; build it with the cargo feature `kafka`, or use `embedded`";
        Violation::unless(built, "adapter", message).into_iter().chain(self.embedded.validate()).collect()
    }
}
