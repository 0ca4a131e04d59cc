//! What a group measures.

use serde_json::{Value, json};

/// A figure beside its baseline.
pub(crate) struct Figure {
    /// What was measured, such as `POST, 16 connections`.
    pub(crate) name: String,
    /// The figure, in `unit`.
    pub(crate) value: f64,
    /// Such as `requests/s`, `ms`, `MiB`.
    pub(crate) unit: &'static str,
    /// What it stands beside: what bare libraries do, taken in turn in the same run, or what is allowed.
    pub(crate) baseline: &'static str,
    /// The baseline, in `unit`.
    pub(crate) baseline_value: f64,
}

impl Figure {
    /// As `cargo xtask bench --json` shows it.
    pub(crate) fn to_json(&self, group: &str) -> Value {
        json!({
            "group": group,
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "baseline": self.baseline,
            "baseline_value": self.baseline_value,
            "ratio": self.value / self.baseline_value,
        })
    }
}

/// The middle of measurements, which one bad moment of the machine does not move.
///
/// # Panics
/// Without measurements there is no middle.
pub(crate) fn median(mut measurements: Vec<f64>) -> f64 {
    measurements.sort_by(f64::total_cmp);
    measurements[measurements.len() / 2]
}
