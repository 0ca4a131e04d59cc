use crate::{
    messaging::outbox::{Relay, RelayHealth},
    telemetry::Metrics,
};

/// Registers what a relay counts: the metrics `heimdall_outbox_…`.
pub(super) fn register(relay: &Relay, metrics: &Metrics) {
    let reading = |read: fn(&RelayHealth) -> u64| {
        let state = relay.health();
        move || read(&state.borrow())
    };
    let state = relay.health();
    metrics.gauge("heimdall_outbox_oldest_seconds", "How long the first row in the outbox has waited", move || {
        state.borrow().oldest.as_secs_f64()
    });
    let backlog = reading(|state| state.backlog);
    #[expect(clippy::cast_precision_loss, reason = "it is counted up to 100,000")]
    metrics.gauge("heimdall_outbox_backlog", "Rows in the outbox that wait", move || backlog() as f64);
    metrics.counter("heimdall_outbox_moved", "Rows that were published", reading(|state| state.moved));
    metrics.counter("heimdall_outbox_rejected", "Rows that the log refused", reading(|state| state.rejected));
}
