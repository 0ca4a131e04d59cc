//! Runs one suite, and counts what its tests say of themselves.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::suite::{Suite, Tests};
use crate::backstage;
use crate::interrupt::Interrupt;
use crate::workspace;

/// What the closing lines of the test runners add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    /// Tests that a runner left out by itself.
    pub(super) skipped: u64,
}

/// A suite that was run.
pub(super) struct Run {
    pub(super) counts: Counts,
    /// Whether the runner was content.
    pub(super) success: bool,
}

/// Runs a suite and shows what it prints. `valkyrie` is what the tests of Backstage start; `variables` are set, or
/// removed where they have no value.
pub(super) fn run(
    suite: &Suite,
    valkyrie: &Path,
    variables: &[(String, Option<String>)],
    interrupt: &Interrupt,
) -> Result<Run> {
    let mut cargo = workspace::cargo(&[])?;
    cargo.args(suite.arguments());
    match suite.tests {
        Tests::Rest | Tests::Module(_) => attempt(cargo, variables, interrupt),
        Tests::Backstage => {
            let built = attempt(cargo, &[], interrupt)?;
            if !built.success {
                return Ok(built);
            }
            backstage::prepare(interrupt)?;
            let mut vitest = backstage::npm("backstage", &["run", "--silent", "test"])?;
            vitest.env("VALKYRIE_TEST_BINARY", valkyrie);
            attempt(vitest, variables, interrupt)
        }
    }
}

fn attempt(mut command: Command, variables: &[(String, Option<String>)], interrupt: &Interrupt) -> Result<Run> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    for (name, value) in variables {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut child = Interrupt::spawn(&mut command)?;
    let output = child.stdout.take().context("the output of the tests can't be read")?;
    let reader = std::thread::spawn(move || show(output, &mut std::io::stdout()));
    let status = interrupt.wait(&mut child)?;
    let counts = reader.join().unwrap_or_default();
    Ok(Run { counts, success: status.success() })
}

/// Passes the output on, line by line.
fn show(output: impl std::io::Read, to: &mut impl Write) -> Counts {
    let mut counts = Counts::default();
    for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
        counts.add(&String::from_utf8_lossy(&line));
        to.write_all(&line).and_then(|()| to.write_all(b"\n")).and_then(|()| to.flush()).ok();
    }
    counts
}

impl Counts {
    /// `test result: ok. 9 passed; 0 failed; 0 ignored; …` of cargo, ` Tests  2 failed | 9 passed | 1 skipped (12)` of
    /// vitest.
    fn add(&mut self, line: &str) {
        let cargo = line.split_once("test result: ").map(|(_, result)| result);
        let vitest = || line.trim_start().strip_prefix("Tests ").filter(|result| result.ends_with(')'));
        let Some(result) = cargo.or_else(vitest) else { return };
        let words: Vec<&str> = result.split_whitespace().collect();
        for pair in words.windows(2) {
            let count = pair[0].parse::<u64>().unwrap_or(0);
            match pair[1].trim_end_matches(';') {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "skipped" | "todo" => self.skipped += count,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_added_up() {
        let output = "running 2 tests\ntest a ... ok\n\
            test result: ok. 9 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.00s\n\
            test result: FAILED. 8 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.09s\n";
        let mut shown = Vec::new();
        assert_eq!(show(output.as_bytes(), &mut shown), Counts { passed: 17, failed: 1, skipped: 0 });
        assert_eq!(shown, output.as_bytes());
    }

    #[test]
    fn so_are_those_of_vitest() {
        let output = " Test Files  1 failed | 10 passed (11)\n      Tests  2 failed | 9 passed | 1 skipped (12)\n\
            Tests are being run\n";
        let counts = show(output.as_bytes(), &mut Vec::new());
        assert_eq!(counts, Counts { passed: 9, failed: 2, skipped: 1 });
    }
}
