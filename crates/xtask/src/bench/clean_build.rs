//! How long who clones the repository waits for the release binary.

use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::figure::Figure;
use crate::interrupt::Interrupt;
use crate::workspace;

/// So many seconds are allowed, on two cores.
const ALLOWED: f64 = 480.0;

/// Builds the binary for release in an empty folder, once: it takes minutes. What is downloaded is there before.
pub(super) fn measure(interrupt: &Interrupt) -> Result<Vec<Figure>> {
    let folder = tempfile::tempdir().context("there is no folder to build in")?;
    cargo(interrupt, &["fetch", "--locked"])?;
    let target = folder.path().to_str().context("the path of the temporary folder is no text")?;
    let begun = Instant::now();
    cargo(interrupt, &["build", "--release", "--locked", "--package=valkyrie", "--target-dir", target])?;
    let values = (begun.elapsed().as_secs_f64(), ALLOWED);
    Ok(vec![Figure::new("build", "cargo build --release in an empty folder", "s", values, "allowed")])
}

fn cargo(interrupt: &Interrupt, arguments: &[&str]) -> Result<()> {
    let mut command = workspace::cargo(arguments)?;
    let mut child = Interrupt::spawn(command.stdin(Stdio::null()).stdout(Stdio::null()))?;
    let status = interrupt.wait(&mut child)?;
    if interrupt.came() {
        bail!("interrupted");
    }
    if !status.success() {
        bail!("`cargo {}` failed", arguments.join(" "));
    }
    Ok(())
}
