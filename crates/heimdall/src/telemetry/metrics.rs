use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use prometheus_client::{
    encoding::text,
    registry::{Metric, Registry},
};

use super::observed::{Observed, Reading};

/// What Prometheus is told that `/metrics` answers with.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The metrics of a service. Clones are the same registry.
///
/// ```
/// use heimdall::telemetry::Metrics;
/// use prometheus_client::metrics::counter::Counter;
///
/// let metrics = Metrics::default();
/// let paid: Counter = metrics.register("payments_paid", "Payments that went through");
/// paid.inc();
/// assert!(metrics.encode()?.contains("payments_paid_total 1"));
/// # Ok::<(), std::fmt::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Metrics(Arc<Mutex<Registry>>);

impl Metrics {
    /// A new metric; `name` has no unit's or counter's suffix but what it should be called by (`_total` is added to
    /// counters). Registered under a name that is taken, it appears twice.
    pub fn register<M: Metric + Clone + Default>(&self, name: &str, help: &str) -> M {
        self.add(name, help, M::default())
    }

    /// A metric that was made by hand: a histogram with its buckets, a family.
    pub fn add<M: Metric + Clone>(&self, name: &str, help: &str, metric: M) -> M {
        let mut registry = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        registry.register(name, help, metric.clone());
        metric
    }

    /// A gauge that is read where it stands each time metrics are asked for.
    pub fn gauge(&self, name: &'static str, help: &'static str, read: impl Fn() -> f64 + Send + Sync + 'static) {
        self.observe(Observed { name, help, reading: Reading::Gauge(Box::new(read)) });
    }

    /// A counter that is kept elsewhere, and read each time metrics are asked for.
    pub fn counter(&self, name: &'static str, help: &'static str, read: impl Fn() -> u64 + Send + Sync + 'static) {
        self.observe(Observed { name, help, reading: Reading::Counter(Box::new(read)) });
    }

    fn observe(&self, observed: Observed) {
        self.with(|registry| registry.register_collector(Box::new(observed)));
    }

    /// Hands out the registry itself, for those who register several metrics at once.
    pub fn with<T>(&self, register: impl FnOnce(&mut Registry) -> T) -> T {
        register(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// All metrics as `OpenMetrics` text.
    pub fn encode(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        Ok(text)
    }

    /// The answer of `/metrics`.
    pub(crate) fn response(&self) -> Response {
        match self.encode() {
            Ok(text) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}
