use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
};

/// A metric that is read where it stands each time it is asked for.
pub(super) struct Observed {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    pub(super) reading: Reading,
}

/// How it is read.
pub(super) enum Reading {
    Gauge(Box<dyn Fn() -> f64 + Send + Sync>),
    Counter(Box<dyn Fn() -> u64 + Send + Sync>),
}

impl Collector for Observed {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut encode = |metric: &dyn EncodeMetric| {
            metric.encode(encoder.encode_descriptor(self.name, self.help, None, metric.metric_type())?)
        };
        match &self.reading {
            Reading::Gauge(read) => encode(&ConstGauge::new(read())),
            Reading::Counter(read) => encode(&ConstCounter::new(read())),
        }
    }
}

impl fmt::Debug for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observed").field("name", &self.name).finish_non_exhaustive()
    }
}
