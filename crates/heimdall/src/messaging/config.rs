//! Section `log` of the configuration: which log events travel on.

use serde::{Deserialize, Serialize};

use super::embedded::EmbeddedConfig;
use crate::config::{Section, Violation};

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
