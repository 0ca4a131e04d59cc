//! Cargo as what is measured, and where it builds.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::interrupt::Interrupt;
use crate::workspace;

/// How long a call of cargo takes; an error if it fails, or is interrupted.
pub(super) fn timed(interrupt: &Interrupt, arguments: &[&str]) -> Result<Duration> {
    let mut command = workspace::cargo(arguments)?;
    let begun = Instant::now();
    let mut child = Interrupt::spawn(command.stdin(Stdio::null()).stdout(Stdio::null()))?;
    let status = interrupt.wait(&mut child)?;
    let elapsed = begun.elapsed();
    if interrupt.came() {
        bail!("interrupted");
    }
    if !status.success() {
        bail!("`cargo {}` failed", arguments.join(" "));
    }
    Ok(elapsed)
}

/// The folder that cargo builds in: this program is in one of its profiles.
pub(super) fn target() -> Result<PathBuf> {
    let own = std::env::current_exe().context("the path of this program is unknown")?;
    Ok(own.ancestors().nth(2).context("this program is in no folder")?.to_owned())
}
