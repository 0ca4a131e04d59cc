//! Where the workspace is, and the commands that run in it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// What checks and tests of the whole workspace switch on, so that no code is left out because nobody asked for it.
pub const ALL_CODE: [&str; 2] = ["--workspace", "--features=valkyrie-heimdall/kafka,valkyrie-heimdall/testing"];

/// The folder of the workspace that the current folder belongs to.
///
/// Found at run time, so that a binary in a shared target folder serves the clone it is called in.
pub fn root() -> Result<PathBuf> {
    let start = std::env::current_dir().context("the current folder can't be read")?;
    for folder in start.ancestors() {
        if folder.join("Cargo.lock").is_file() && folder.join("crates/xtask").is_dir() {
            return Ok(folder.to_owned());
        }
    }
    bail!("{} is not inside the Valkyrie workspace: run this from a clone of it", start.display())
}

/// A command that runs in the workspace's folder.
pub fn command(program: impl AsRef<OsStr>) -> Result<Command> {
    let mut command = Command::new(program);
    command.current_dir(root()?);
    Ok(command)
}

/// The cargo that runs this task, with the given arguments.
pub fn cargo(arguments: &[&str]) -> Result<Command> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = command(program)?;
    command.args(arguments);
    Ok(command)
}

/// What git answers in the workspace's folder.
pub fn git(arguments: &[&str]) -> Result<Vec<u8>> {
    let output = command("git")?.args(arguments).output().context("git can't be run: install git")?;
    if !output.status.success() {
        bail!("git {} failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout)
}

/// The paths of all files that git knows or would add, relative to the root.
pub fn files() -> Result<Vec<PathBuf>> {
    let listing = git(&["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
    let listing = String::from_utf8(listing).context("git named a file that is not UTF-8")?;
    let root = root()?;
    let exists = |path: &&str| !path.is_empty() && root.join(path).is_file();
    Ok(listing.split('\0').filter(exists).map(|path| Path::new(path).to_owned()).collect())
}
