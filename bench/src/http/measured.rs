//! What was measured, and the figures that are made of it.

use super::step::Step;
use crate::figure::{Figure, median};
use crate::load::Round;

const BESIDE: &str = "bare axum";

/// One server in one round.
#[derive(Clone, Copy)]
pub(super) struct Measured {
    /// Requests per second.
    rate: f64,
    /// The times within which half of the requests, and all but one of a hundred, were answered, in milliseconds.
    p50: f64,
    p99: f64,
    /// The server's processor time for a request, in microseconds.
    processor: f64,
}

impl Measured {
    /// A round for which the server took so much processor time, in microseconds.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub(super) fn new(round: &Round, processor: f64) -> Self {
        let [p50, p99] = [0.5, 0.99].map(|part| round.quantile(part));
        Self { rate: round.rate(), p50, p99, processor: processor / round.requests() as f64 }
    }
}

/// One line for people who watch.
pub(super) fn describe(measured: &[Measured]) -> String {
    let of = |(step, measured): (&Step, &Measured)| {
        let Measured { rate, processor, .. } = measured;
        format!("{}: {rate:.0} requests/s, {processor:.1} us", step.adds())
    };
    Step::ALL.iter().zip(measured).map(of).collect::<Vec<_>>().join("; + ")
}

/// Medians over the rounds, each of which has one entry a step.
pub(super) fn figures(rounds: &[Vec<Measured>], connections: u32) -> Vec<Figure> {
    let middle =
        |step: Step, of: fn(&Measured) -> f64| median(rounds.iter().map(|round| of(&round[step as usize])).collect());
    let beside = |name: &str, unit, of: fn(&Measured) -> f64| Figure {
        name: name.to_owned(),
        value: middle(Step::Service, of),
        unit,
        baseline: BESIDE,
        baseline_value: middle(Step::Bare, of),
    };
    let request = format!("GET nothing, {connections} connections");
    let mut figures = vec![
        beside(&request, "requests/s", |measured| measured.rate),
        beside(&format!("{request}, p50"), "ms", |measured| measured.p50),
        beside(&format!("{request}, p99"), "ms", |measured| measured.p99),
        beside("processor time of a request", "us", |measured| measured.processor),
    ];
    let cost = |pair: &[Step]| Figure {
        name: format!("+ {}", pair[1].adds()),
        // Within a round, so that a round in which the machine is slow counts like all others.
        value: median(
            rounds.iter().map(|round| round[pair[1] as usize].processor - round[pair[0] as usize].processor).collect(),
        ),
        unit: "us",
        baseline: "bare axum, all of a request",
        baseline_value: middle(Step::Bare, |measured| measured.processor),
    };
    figures.extend(Step::ALL.windows(2).map(cost));
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_costs_what_it_adds_to_the_step_before_it() {
        let round = |slow: f64| {
            let processor = [8.0, 10.0, 11.0, 14.0, 18.0, 17.5].map(|processor| processor * slow);
            processor.map(|processor| Measured { rate: 1e6 / processor, p50: 0.1, p99: 0.2, processor }).to_vec()
        };
        let figures = figures(&[round(1.0), round(3.0), round(1.0)], 16);
        let costs: Vec<f64> = figures[4..].iter().map(|figure| figure.value).collect();
        assert_eq!(costs, [2.0, 1.0, 3.0, 4.0, -0.5]);
        assert_eq!(figures[4].name, "+ request id, headers, deadline, panics");
        assert_eq!((figures[0].value, figures[0].baseline_value), (1e6 / 17.5, 1e6 / 8.0));
        assert_eq!((figures[3].value, figures[3].baseline_value), (17.5, 8.0));
    }
}
