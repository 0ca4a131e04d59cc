use std::time::Duration;

use application::domain::Status;
use heimdall::telemetry::Metrics;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
};

/// Upper bounds of the buckets of run durations, in seconds.
const SECONDS: [f64; 10] = [0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0];

/// How a run ended, from this worker's point of view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The task is in this status now.
    Status(Status),
    /// The task was gone.
    Gone,
    /// Another worker has it now, or could have it.
    LeaseLost,
    /// It was handed back, because this worker stops.
    HandedBack,
}

impl End {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Status(status) => status.as_str(),
            Self::Gone => "gone",
            Self::LeaseLost => "lease_lost",
            Self::HandedBack => "handed_back",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    outcome: &'static str,
}

/// What Prometheus hears of the runs.
#[derive(Debug, Clone)]
pub(super) struct RunMetrics {
    ended: Family<Labels, Counter>,
    seconds: Histogram,
    running: Gauge,
}

impl RunMetrics {
    pub(super) fn register(metrics: &Metrics) -> Self {
        Self {
            ended: metrics.register("valkyrie_task_runs", "Runs of scaffold tasks that ended here, by outcome"),
            seconds: metrics.add(
                "valkyrie_task_run_duration_seconds",
                "How long runs of scaffold tasks took, from claim to end",
                Histogram::new(SECONDS),
            ),
            running: metrics.register("valkyrie_task_runs_in_progress", "Scaffold tasks that run here now"),
        }
    }

    pub(super) fn began(&self) {
        self.running.inc();
    }

    pub(super) fn ended(&self, end: End, took: Duration) {
        self.running.dec();
        self.ended.get_or_create(&Labels { outcome: end.as_str() }).inc();
        self.seconds.observe(took.as_secs_f64());
    }
}
