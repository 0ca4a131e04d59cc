//! Taking measurements in turn.

use anyhow::Result;

use crate::figure::{Figure, median};

/// What is measured, and what it stands beside.
pub(crate) struct Comparison {
    pub(crate) name: &'static str,
    /// What both give for each second, such as `events/s`.
    pub(crate) unit: &'static str,
    pub(crate) baseline: &'static str,
}

impl Comparison {
    /// Measures both so many times, A B A B …: a moment in which the machine is slow then hits both. Medians.
    pub(crate) async fn in_turn(
        self,
        rounds: usize,
        mut ours: impl AsyncFnMut() -> Result<f64>,
        mut bare: impl AsyncFnMut() -> Result<f64>,
    ) -> Result<Figure> {
        let Self { name, unit, baseline } = self;
        let (mut values, mut baselines) = (Vec::new(), Vec::new());
        for round in 1..=rounds {
            let (ours, bare) = (ours().await?, bare().await?);
            eprintln!("{name}, round {round}: {ours:.0} {unit}, bare {bare:.0}");
            values.push(ours);
            baselines.push(bare);
        }
        let (value, baseline_value) = (median(values), median(baselines));
        Ok(Figure { name: name.to_owned(), value, unit, baseline, baseline_value })
    }
}
