use std::time::Duration;

use axum::http::StatusCode;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use tokio::time::Instant;

/// Counts and times requests, by method, route (as it was declared, never as it was asked for) and status. What a label
/// says of the request comes from `RequestLabels` in `trace.rs`, handed over by `outer` in `mod.rs`.
#[derive(Debug, Clone)]
pub struct HttpMetrics {
    requests: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    method: &'static str,
    route: String,
    status: u16,
}

/// From 1 ms to 16 s, each twice the one before.
fn histogram() -> Histogram {
    Histogram::new((0..15).map(|power| 0.001 * f64::from(1 << power)))
}

impl HttpMetrics {
    /// Registers `http_requests_total`, `http_request_duration_seconds` and `http_requests_in_flight`.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(histogram as fn() -> Histogram),
            in_flight: Gauge::default(),
        };
        registry.register("http_requests", "Requests that were answered", metrics.requests.clone());
        let help = "Time from a request to the head of its response, in seconds";
        registry.register("http_request_duration_seconds", help, metrics.seconds.clone());
        registry.register("http_requests_in_flight", "Requests at work", metrics.in_flight.clone());
        metrics
    }

    pub(super) fn start(&self) -> Timing {
        self.in_flight.inc();
        Timing { metrics: self.clone(), started: Instant::now() }
    }

    fn count(&self, labels: &Labels, took: Duration) {
        self.seconds.get_or_create(labels).observe(took.as_secs_f64());
        self.requests.get_or_create(labels).inc();
    }
}

/// A request at work: until it is answered, or its caller goes away.
pub(super) struct Timing {
    metrics: HttpMetrics,
    started: Instant,
}

impl Timing {
    pub(super) fn finish(self, method: &'static str, route: &str, status: StatusCode) {
        let labels = Labels { method, route: route.to_owned(), status: status.as_u16() };
        self.metrics.count(&labels, self.started.elapsed());
    }
}

impl Drop for Timing {
    fn drop(&mut self) {
        self.metrics.in_flight.dec();
    }
}
