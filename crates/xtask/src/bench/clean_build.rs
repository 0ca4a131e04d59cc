//! How long who clones the repository waits for the release binary.

use anyhow::{Context, Result};

use super::cargo::{target, timed};
use super::figure::Figure;
use crate::interrupt::Interrupt;

/// So many seconds are allowed, on two cores.
const ALLOWED: f64 = 480.0;

/// Builds the binary for release in an empty folder, once: it takes minutes. What is downloaded is there before.
pub(super) fn measure(interrupt: &Interrupt) -> Result<Vec<Figure>> {
    // Beside what is built every day: it is a gigabyte, and a folder for temporary files may be in memory.
    let folder = tempfile::tempdir_in(target()?).context("there is no folder to build in")?;
    timed(interrupt, &["fetch", "--locked"])?;
    let empty = folder.path().to_str().context("the path of the folder to build in is no text")?;
    let build = ["build", "--release", "--locked", "--package=valkyrie", "--target-dir", empty];
    let values = (timed(interrupt, &build)?.as_secs_f64(), ALLOWED);
    Ok(vec![Figure::new("build", "cargo build --release in an empty folder", "s", values, "allowed")])
}
