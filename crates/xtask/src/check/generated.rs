//! Files in the repository that a program writes. `cargo xtask generate` writes them, `check` writes them elsewhere and
//! compares.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use super::violation::Violation;
use crate::output::note;
use crate::workspace;

/// A folder, and the arguments with which cargo writes it; the folder to write to is added to them.
struct Generated {
    folder: &'static str,
    arguments: &'static [&'static str],
}

const GENERATED: &[Generated] = &[
    Generated {
        folder: "docs/api",
        arguments: &["run", "--quiet", "--locked", "--package=host-api", "--example=discovery", "--"],
    },
    Generated {
        folder: "docs/configuration",
        arguments: &["run", "--quiet", "--locked", "--package=valkyrie-heimdall", "--example=configuration", "--"],
    },
];

/// Every file that differs from what its generator writes now.
pub(super) fn check() -> Result<Vec<Violation>> {
    let root = workspace::root()?;
    let mut violations = Vec::new();
    for generated in GENERATED {
        let fresh = tempfile::tempdir()?;
        write(generated, fresh.path())?;
        violations.extend(compare(generated.folder, &root.join(generated.folder), fresh.path()));
    }
    Ok(violations)
}

/// Writes them all.
pub fn generate() -> Result<()> {
    for generated in GENERATED {
        write(generated, &workspace::root()?.join(generated.folder))?;
        note("generate", generated.folder);
    }
    Ok(())
}

fn write(generated: &Generated, folder: &Path) -> Result<()> {
    let mut command = workspace::cargo(generated.arguments)?;
    let status = command.arg(folder).stdin(Stdio::null()).status().context("cargo can't be run")?;
    if !status.success() {
        bail!("`cargo {}` failed, which writes {}", generated.arguments.join(" "), generated.folder);
    }
    Ok(())
}

/// File by file: what differs, what is missing, and what is left over from a generator of old.
fn compare(name: &str, stale: &Path, fresh: &Path) -> Vec<Violation> {
    let names: BTreeSet<OsString> = names(stale).into_iter().chain(names(fresh)).collect();
    let mut violations = Vec::new();
    for file in names {
        let read = |folder: &Path| std::fs::read_to_string(folder.join(&file)).unwrap_or_default();
        let path = format!("{name}/{}", file.to_string_lossy());
        if fresh.join(&file).exists() {
            violations.extend(difference(&path, &read(stale), &read(fresh)));
        } else {
            let right = "remove it, or add its generator to crates/xtask/src/check/generated.rs";
            violations.push(Violation::new(path, "no generator writes it", right));
        }
    }
    violations
}

fn names(folder: &Path) -> BTreeSet<OsString> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name()).collect()
}

fn difference(path: &str, stale: &str, fresh: &str) -> Option<Violation> {
    if stale == fresh {
        return None;
    }
    let same = stale.lines().zip(fresh.lines()).take_while(|(stale, fresh)| stale == fresh).count();
    let expected = fresh.lines().nth(same).unwrap_or("the end of the file").trim();
    let place = format!("{path}:{}", same + 1);
    Some(Violation::new(
        place,
        "it is not what its generator writes",
        format!("`{expected}`; run `cargo xtask generate`"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(difference("a", "1\n2\n", "1\n2\n"), None);
        let violation = difference("a", "1\n2\n", "1\n3\n").unwrap();
        assert_eq!((violation.place.as_str(), violation.right.as_str()), ("a:2", "`3`; run `cargo xtask generate`"));
        assert_eq!(difference("a", "1\n2\n", "1\n").unwrap().place, "a:2");
    }

    #[test]
    fn missing_and_forgotten_files_are_named() {
        let (stale, fresh) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (folder, file) in [(&stale, "old"), (&stale, "same"), (&fresh, "same"), (&fresh, "new")] {
            std::fs::write(folder.path().join(file), "1\n").unwrap();
        }
        let violations = compare("docs", stale.path(), fresh.path());
        let places: Vec<&str> = violations.iter().map(|violation| violation.place.as_str()).collect();
        assert_eq!(places, ["docs/new:1", "docs/old"]);
    }
}
