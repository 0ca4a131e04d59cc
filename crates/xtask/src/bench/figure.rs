//! What was measured.

use serde::{Deserialize, Serialize};

/// A figure and what it stands beside, as the groups of `bench` print it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Figure {
    group: String,
    name: String,
    value: f64,
    unit: String,
    /// What `baseline_value` is: what the bare libraries do in the same run, or what is allowed.
    baseline: String,
    baseline_value: f64,
    /// `value / baseline_value`.
    ratio: f64,
}

impl Figure {
    /// A value that a group of this program measured, beside another in the same unit.
    pub(super) fn new(
        group: &str,
        name: &str,
        unit: &str,
        (value, baseline_value): (f64, f64),
        baseline: &str,
    ) -> Self {
        let [group, name, unit, baseline] = [group, name, unit, baseline].map(str::to_owned);
        Self { group, name, value, unit, baseline, baseline_value, ratio: value / baseline_value }
    }
}

/// The middle of measurements.
pub(super) fn median(mut measurements: Vec<f64>) -> f64 {
    measurements.sort_by(f64::total_cmp);
    measurements.get(measurements.len() / 2).copied().unwrap_or(f64::NAN)
}

/// One line a figure.
pub(super) fn table(figures: &[Figure]) -> String {
    let width = |title: &str, of: fn(&Figure) -> &str| {
        figures.iter().map(|figure| of(figure).chars().count()).fold(title.len(), usize::max)
    };
    let (groups, names) = (width("group", |figure| &figure.group), width("name", |figure| &figure.name));
    let mut lines = vec![format!(
        "{:<groups$}  {:<names$}{:>14}  {:<12}{:>14}  {:>6}  baseline\n",
        "group", "name", "value", "unit", "baseline", "ratio"
    )];
    for figure in figures {
        let Figure { group, name, value, unit, baseline, baseline_value, ratio } = figure;
        let (value, baseline_value) = (round(*value), round(*baseline_value));
        lines.push(format!(
            "{group:<groups$}  {name:<names$}{value:>14}  {unit:<12}{baseline_value:>14}  {ratio:>6.2}  {baseline}\n"
        ));
    }
    lines.concat()
}

/// Three digits say all that a measurement knows.
fn round(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_stands_in_them() {
        let figure = |group: &str, name: &str| Figure {
            group: group.to_owned(),
            name: name.to_owned(),
            value: 1.0,
            unit: "s".to_owned(),
            baseline: "allowed".to_owned(),
            baseline_value: 2.0,
            ratio: 0.5,
        };
        let table = table(&[figure("api", "POST"), figure("backstage", &"a long name ".repeat(6))]);
        let starts: Vec<_> = table.lines().skip(1).map(|line| line.find("1.00").unwrap()).collect();
        assert_eq!(starts[0], starts[1], "{table}");
        assert!(table.contains("backstage  a long name"), "{table}");
    }

    #[test]
    fn a_figure_of_a_group_becomes_a_line() {
        let json = r#"[{"group":"api","name":"POST","value":4623.4,"unit":"requests/s","baseline":"bare axum and sqlx","baseline_value":4600.0,"ratio":1.005}]"#;
        let figures: Vec<Figure> = serde_json::from_str(json).unwrap();
        let table = table(&figures);
        let words: Vec<&str> = table.lines().nth(1).unwrap().split_whitespace().collect();
        assert_eq!(words, ["api", "POST", "4623", "requests/s", "4600", "1.00", "bare", "axum", "and", "sqlx"]);
    }
}
