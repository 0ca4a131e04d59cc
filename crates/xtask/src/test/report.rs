//! The last lines: what passed, what failed, and what was not run and why.

use std::process::ExitCode;

use super::run::Counts;

/// What became of a suite.
pub(super) enum Outcome {
    Passed(Counts),
    Failed(Counts),
    /// It could not be built, or ran nothing.
    Broken(String),
    /// What it needs is not there.
    NotRun(String),
}

#[derive(Default)]
pub(super) struct Report {
    lines: Vec<(&'static str, Outcome)>,
}

impl Report {
    pub(super) fn add(&mut self, suite: &'static str, outcome: Outcome) {
        self.lines.push((suite, outcome));
    }

    /// Prints all; `strict` takes what was not run for a failure.
    pub(super) fn finish(&self, strict: bool) -> ExitCode {
        let (text, good) = self.render(strict);
        print!("{text}");
        if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn render(&self, strict: bool) -> (String, bool) {
        let mut lines = vec![String::new()];
        let mut total = Counts::default();
        let mut good = true;
        for (suite, outcome) in &self.lines {
            let line = match outcome {
                Outcome::Passed(counts) => format!("passed   {} tests", counts.passed),
                Outcome::Failed(counts) if counts.failed == 0 => "FAILED   see above".to_owned(),
                Outcome::Failed(counts) => format!("FAILED   {} of {}", counts.failed, counts.passed + counts.failed),
                Outcome::Broken(reason) => format!("FAILED   {reason}"),
                Outcome::NotRun(reason) => format!("NOT RUN  {reason}"),
            };
            if let Outcome::Passed(counts) | Outcome::Failed(counts) = outcome {
                total.passed += counts.passed;
                total.failed += counts.failed;
            }
            good &= match outcome {
                Outcome::Passed(_) => true,
                Outcome::NotRun(_) => !strict,
                Outcome::Failed(_) | Outcome::Broken(_) => false,
            };
            lines.push(format!("{suite:<12}{line}"));
        }
        lines.push(format!("tests: {} passed, {} failed\n", total.passed, total.failed));
        (lines.join("\n"), good)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let mut report = Report::default();
        report.add("unit", Outcome::Passed(Counts { passed: 5, ..Counts::default() }));
        report.add("kafka", Outcome::NotRun("kafka: no `mvn` on the PATH; install it with: x".to_owned()));
        report
    }

    #[test]
    fn what_was_not_run_is_named_and_fails_where_all_must_run() {
        let (text, good) = report().render(false);
        assert!(
            text.ends_with(
                "kafka       NOT RUN  kafka: no `mvn` on the PATH; install it with: x\ntests: 5 passed, 0 failed\n"
            ),
            "{text}"
        );
        assert!(good);
        assert!(!report().render(true).1);
    }

    #[test]
    fn one_failure_is_a_failure() {
        let mut report = report();
        report.add("loop", Outcome::Failed(Counts { passed: 1, failed: 2, skipped: 0 }));
        let (text, good) = report.render(false);
        assert!(text.contains("loop        FAILED   2 of 3\n"), "{text}");
        assert!(!good);
    }
}
