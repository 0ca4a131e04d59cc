//! Runs one suite, and counts what its tests say of themselves.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use anyhow::{Context, Result};

use super::suite::Suite;
use crate::interrupt::Interrupt;
use crate::workspace;

/// What the lines `test result: …` add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

/// A suite that was run.
pub(super) struct Run {
    pub(super) counts: Counts,
    /// Whether cargo was content.
    pub(super) success: bool,
}

/// Runs a suite and shows what it prints. `variables` are set, or removed where they have no value.
pub(super) fn run(suite: &Suite, variables: &[(String, Option<String>)], interrupt: &Interrupt) -> Result<Run> {
    let mut command = workspace::cargo(&[])?;
    command.args(suite.arguments()).stdin(Stdio::null()).stdout(Stdio::piped());
    for (name, value) in variables {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut child = Interrupt::spawn(&mut command)?;
    let output = child.stdout.take().context("the output of cargo can't be read")?;
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
    /// `test result: ok. 9 passed; 0 failed; 0 ignored; …`
    fn add(&mut self, line: &str) {
        let Some((_, result)) = line.split_once("test result: ") else { return };
        let words: Vec<&str> = result.split_whitespace().collect();
        for pair in words.windows(2) {
            let count = pair[0].parse::<u64>().unwrap_or(0);
            match pair[1].trim_end_matches(';') {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
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
        assert_eq!(show(output.as_bytes(), &mut shown), Counts { passed: 17, failed: 1 });
        assert_eq!(shown, output.as_bytes());
    }
}
