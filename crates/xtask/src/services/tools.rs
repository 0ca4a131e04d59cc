//! The programs that servers need on this machine, and how to get those that are missing.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What has to be installed before a service can run here.
#[derive(Debug)]
pub struct Missing {
    /// What was looked for and where, for a person.
    pub what: String,
    /// The Debian packages that bring it.
    pub packages: Vec<&'static str>,
}

impl Missing {
    pub(super) fn new(what: impl Into<String>, packages: &[&'static str]) -> Self {
        Self { what: what.into(), packages: packages.to_vec() }
    }

    /// The command that installs it.
    pub fn command(&self) -> String {
        format!("cargo xtask services install   # apt-get install {}", self.packages.join(" "))
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}; install it with: {}", self.what, self.command())
    }
}

impl std::error::Error for Missing {}

/// The first program of this name on the `PATH`.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
}

/// A word as a shell reads it, whatever it holds.
pub(super) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A command as a shell reads it.
pub(super) fn shell(command: &[String]) -> String {
    let words: Vec<String> = command.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

/// A Java that Kafka and Keycloak run on: version 17 or newer.
pub(super) fn java() -> Result<PathBuf, Missing> {
    let home = std::env::var_os("JAVA_HOME").map(|home| Path::new(&home).join("bin/java"));
    let installed = subfolders("/usr/lib/jvm").into_iter().map(|folder| folder.join("bin/java"));
    let candidates = home.into_iter().chain(on_path("java")).chain(installed);
    candidates.into_iter().find(|candidate| java_version(candidate).is_some_and(|version| version >= 17)).ok_or_else(
        || Missing::new("no Java 17 or newer in JAVA_HOME, on the PATH or in /usr/lib/jvm", &["default-jre-headless"]),
    )
}

/// Maven, which fetches servers.
pub(super) fn maven() -> Result<PathBuf, Missing> {
    on_path("mvn").ok_or_else(|| Missing::new("no `mvn` on the PATH", &["maven"]))
}

/// The folder of `PostgreSQL`'s programs, version 15 or newer; Debian keeps them off the `PATH`.
pub(super) fn postgres() -> Result<PathBuf, Missing> {
    let mut folders: Vec<PathBuf> = subfolders("/usr/lib/postgresql").iter().map(|folder| folder.join("bin")).collect();
    folders.extend(on_path("initdb").and_then(|program| program.canonicalize().ok()?.parent().map(Path::to_owned)));
    let good = |folder: &&PathBuf| {
        folder.join("initdb").is_file()
            && postgres_version(&folder.join("postgres")).is_some_and(|version| version >= 15)
    };
    folders
        .iter()
        .find(good)
        .cloned()
        .ok_or_else(|| Missing::new("no PostgreSQL 15 or newer in /usr/lib/postgresql or on the PATH", &["postgresql"]))
}

/// What the TypeScript workspace is built and run with: Node.js 20 or newer with npm, and what compiles a database driver.
pub(super) fn node() -> Result<(), Missing> {
    let node = on_path("node").filter(|node| node_version(node).is_some_and(|version| version >= 20));
    if node.is_none() || on_path("npm").is_none() {
        return Err(Missing::new(
            "no Node.js 20 or newer with npm on the PATH (where the system's is older: nodejs.org, or a version manager)",
            &["nodejs", "npm"],
        ));
    }
    on_path("python3")
        .map(drop)
        .ok_or_else(|| Missing::new("no `python3` on the PATH, which node-gyp needs", &["python3"]))
}

/// The subfolders of a folder in the order of their names; none if it does not exist.
fn subfolders(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// `openjdk version "17.0.15" 2025-04-15`, on standard error.
fn java_version(java: &Path) -> Option<u32> {
    let output = Command::new(java).arg("-version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    leading_number(text.split('"').nth(1)?)
}

/// `postgres (PostgreSQL) 15.18 (Debian …)`.
fn postgres_version(postgres: &Path) -> Option<u32> {
    let output = Command::new(postgres).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    leading_number(text.split_whitespace().nth(2)?)
}

/// `v20.20.2`.
fn node_version(node: &Path) -> Option<u32> {
    let output = Command::new(node).arg("--version").output().ok()?;
    leading_number(String::from_utf8_lossy(&output.stdout).strip_prefix('v')?)
}

fn leading_number(text: &str) -> Option<u32> {
    text.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

/// Where things that all clones share are kept: `$XDG_CACHE_HOME/valkyrie`, or `~/.cache/valkyrie`.
pub(super) fn cache() -> anyhow::Result<PathBuf> {
    let given = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = given("XDG_CACHE_HOME").or_else(|| Some(given("HOME")?.join(".cache")));
    Ok(base
        .ok_or_else(|| anyhow::anyhow!("neither XDG_CACHE_HOME nor HOME is set: there is no place for downloads"))?
        .join("valkyrie"))
}
