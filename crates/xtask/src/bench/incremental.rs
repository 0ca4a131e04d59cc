//! How long a developer waits for `cargo check` after a change in heimdall, which all but the domain stand on.

use std::fs::{File, FileTimes};
use std::time::Duration;

use anyhow::{Context, Result};

use super::cargo::timed;
use super::figure::{Figure, median};
use crate::interrupt::Interrupt;
use crate::output::note;
use crate::workspace;

const ROUNDS: usize = 3;
/// Named by every crate that uses heimdall at all.
const TOUCHED: &str = "crates/heimdall/src/lib.rs";

/// Checks the workspace after a touch of a file in heimdall, and without any change, in turn. What cargo has to do once
/// is done before.
pub(super) fn measure(interrupt: &Interrupt) -> Result<Vec<Figure>> {
    check(interrupt)?;
    let (mut touched, mut idle) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        touch()?;
        let (after_touch, unchanged) = (check(interrupt)?.as_secs_f64(), check(interrupt)?.as_secs_f64());
        note("bench", &format!("check, round {round}: {after_touch:.1} s, nothing changed {unchanged:.1} s"));
        touched.push(after_touch);
        idle.push(unchanged);
    }
    let values = (median(touched), median(idle));
    Ok(vec![Figure::new("check", "cargo check --workspace after a change in heimdall", "s", values, "nothing changed")])
}

/// What saving the file does: cargo looks at the time of its last change.
fn touch() -> Result<()> {
    let path = workspace::root()?.join(TOUCHED);
    let file = File::options().append(true).open(&path).with_context(|| format!("{TOUCHED} can't be opened"))?;
    #[expect(clippy::disallowed_methods, reason = "a file's time is the machine's")]
    let now = std::time::SystemTime::now();
    file.set_times(FileTimes::new().set_modified(now)).with_context(|| format!("{TOUCHED} can't be touched"))
}

fn check(interrupt: &Interrupt) -> Result<Duration> {
    timed(interrupt, &["check", "--workspace", "--locked", "--quiet"])
}
