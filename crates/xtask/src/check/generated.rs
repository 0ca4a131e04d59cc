//! Files in the repository that a program writes. `cargo xtask generate` writes them, `check` writes them elsewhere and
//! compares.

use std::process::Stdio;

use anyhow::{Context, Result, bail};

use super::violation::Violation;
use crate::output::note;
use crate::workspace;

/// A file, and the arguments with which cargo prints it.
struct Generated {
    path: &'static str,
    arguments: &'static [&'static str],
}

const GENERATED: &[Generated] = &[];

/// Every file that differs from what its generator prints now.
pub(super) fn check() -> Result<Vec<Violation>> {
    let root = workspace::root()?;
    let mut violations = Vec::new();
    for generated in GENERATED {
        let fresh = print(generated)?;
        let stale = std::fs::read_to_string(root.join(generated.path)).unwrap_or_default();
        violations.extend(difference(generated.path, &stale, &fresh));
    }
    Ok(violations)
}

/// Writes them all.
pub fn generate() -> Result<()> {
    let root = workspace::root()?;
    for generated in GENERATED {
        let path = root.join(generated.path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
        }
        std::fs::write(&path, print(generated)?).with_context(|| format!("{} can't be written", path.display()))?;
        note("generate", generated.path);
    }
    Ok(())
}

fn print(generated: &Generated) -> Result<String> {
    let mut command = workspace::cargo(generated.arguments)?;
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("cargo can't be run")?;
    if !output.status.success() {
        bail!("`cargo {}` failed, which prints {}", generated.arguments.join(" "), generated.path);
    }
    String::from_utf8(output.stdout).with_context(|| format!("what is printed for {} is not UTF-8", generated.path))
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
}
