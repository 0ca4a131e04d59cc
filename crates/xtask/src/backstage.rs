//! The TypeScript workspace in `backstage/`: its packages, its build, and what runs in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::interrupt::Interrupt;
use crate::output::note;
use crate::workspace;

/// Folders with a lock of their own. The second is what a user of a year-old Backstage has.
const LOCKED: [&str; 2] = ["backstage", "backstage/compatibility"];

/// A command of npm in a folder of ours. It asks nothing, colours nothing, and looks for no newer npm.
pub fn npm(folder: &str, arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new("npm");
    command.args(arguments).current_dir(workspace::root()?.join(folder)).stdin(Stdio::null());
    command.env("NO_COLOR", "1").env("NPM_CONFIG_UPDATE_NOTIFIER", "false").env("NPM_CONFIG_FUND", "false");
    command.env("NPM_CONFIG_AUDIT", "false");
    Ok(command)
}

/// Brings the packages of the locks, checks the types and builds.
pub fn prepare(interrupt: &Interrupt) -> Result<()> {
    let [packages, compatibility] = LOCKED;
    install(packages, interrupt)?;
    note("backstage", "checking types and building");
    run(npm(packages, &["run", "--silent", "check"])?, interrupt)?;
    install(compatibility, interrupt)?;
    run(npm(compatibility, &["run", "--silent", "refresh"])?, interrupt)
}

/// `npm ci`, unless the folder has what the lock says: it takes minutes, since a database driver is compiled.
fn install(folder: &str, interrupt: &Interrupt) -> Result<()> {
    let root = workspace::root()?;
    let stamp = Stamp::of(&root.join(folder))?;
    if stamp.is_current() {
        return Ok(());
    }
    note("backstage", &format!("npm ci in {folder} (minutes, when a driver has to be compiled)"));
    run(npm(folder, &["ci", "--no-progress", "--loglevel=error"])?, interrupt)?;
    stamp.write()
}

fn run(mut command: Command, interrupt: &Interrupt) -> Result<()> {
    let what = format!("{command:?}");
    // Results go to standard output, and these are none.
    let mut child = Interrupt::spawn(command.stdout(std::io::stderr()))?;
    let status = interrupt.wait(&mut child)?;
    if interrupt.came() {
        bail!("interrupted");
    }
    if !status.success() {
        bail!("{what} failed: see above");
    }
    Ok(())
}

/// Says for which lock a folder was filled. npm removes it with the folder before it fills it anew.
struct Stamp {
    path: PathBuf,
    lock: String,
}

impl Stamp {
    fn of(folder: &Path) -> Result<Self> {
        let mut hash = Sha256::new();
        for file in ["package-lock.json", "package.json", ".npmrc"] {
            let path = folder.join(file);
            hash.update(std::fs::read(&path).with_context(|| format!("{} can't be read", path.display()))?);
        }
        Ok(Self { path: folder.join("node_modules/.valkyrie-lock"), lock: hex::encode(hash.finalize()) })
    }

    fn is_current(&self) -> bool {
        std::fs::read_to_string(&self.path).is_ok_and(|lock| lock == self.lock)
    }

    fn write(&self) -> Result<()> {
        std::fs::write(&self.path, &self.lock).with_context(|| format!("{} can't be written", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_brought_anew_when_the_lock_changes() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["package-lock.json", "package.json", ".npmrc"] {
            std::fs::write(folder.path().join(file), "1").unwrap();
        }
        std::fs::create_dir(folder.path().join("node_modules")).unwrap();
        let stamp = Stamp::of(folder.path()).unwrap();
        assert!(!stamp.is_current());
        stamp.write().unwrap();
        assert!(Stamp::of(folder.path()).unwrap().is_current());
        std::fs::write(folder.path().join("package-lock.json"), "2").unwrap();
        assert!(!Stamp::of(folder.path()).unwrap().is_current());
    }
}
