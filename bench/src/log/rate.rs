use std::time::Duration;

/// Events per second.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(super) fn rate(events: usize, time: Duration) -> f64 {
    events as f64 / time.as_secs_f64()
}
