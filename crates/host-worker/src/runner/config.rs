use std::time::Duration;

use heimdall::config::{Section, Violation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Section `worker`: how tasks are run.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct WorkerConfig {
    /// How many tasks run at once. Rendering is work for the processor: more than there are cores only helps while
    /// tasks wait for something else.
    pub concurrency: usize,
    /// How long a worker holds a task without a sign of life, in seconds; after that another worker takes it over.
    pub lease_seconds: u64,
    /// How long running tasks may go on after the worker was asked to stop, in seconds. What has not ended by then is
    /// handed to another worker, which does it again from the start.
    pub drain_seconds: u64,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self { concurrency: 4, lease_seconds: 30, drain_seconds: 20 }
    }
}

impl WorkerConfig {
    pub(super) fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
    }

    pub(super) fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_seconds)
    }
}

impl Section for WorkerConfig {
    const PATH: &'static str = "worker";

    fn validate(&self) -> Vec<Violation> {
        let checks = [
            Violation::unless((1..=256).contains(&self.concurrency), "concurrency", "must be from 1 to 256"),
            Violation::unless((3..=3600).contains(&self.lease_seconds), "lease_seconds", "must be from 3 to 3600"),
            // The whole process has 30 seconds.
            Violation::unless(self.drain_seconds <= 25, "drain_seconds", "must be from 0 to 25"),
        ];
        checks.into_iter().flatten().collect()
    }
}
