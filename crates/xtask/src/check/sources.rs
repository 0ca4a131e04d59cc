//! Rules about the text of our files.

use std::path::Path;

use anyhow::Result;

use super::violation::Violation;
use crate::workspace;

/// A file with more lines than this has more than one responsibility. Most have about a hundred.
const LONGEST: usize = 400;

/// Folders of somebody's machine; in two parts, so that this file passes.
const MACHINE_PATHS: &[&str] =
    &[concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/Use", "rs/"), concat!("/ho", "me/runner/")];

/// All files that git knows.
pub(super) fn check() -> Result<Vec<Violation>> {
    let root = workspace::root()?;
    let mut violations = Vec::new();
    for path in workspace::files()? {
        // What is not UTF-8 is no text.
        let Ok(text) = std::fs::read_to_string(root.join(&path)) else { continue };
        violations.extend(file(&path, &text));
    }
    Ok(violations)
}

fn file(path: &Path, text: &str) -> Vec<Violation> {
    let name = path.display();
    let mut violations = Vec::new();
    let is_rust = path.extension().is_some_and(|extension| extension == "rs");
    let lines = text.lines().count();
    if is_rust && lines > LONGEST {
        let right = format!("at most {LONGEST}, and about 100 for most: split it by responsibility");
        violations.push(Violation::new(format!("{name}:{LONGEST}"), format!("it has {lines} lines"), right));
    }
    for (number, line) in text.lines().enumerate() {
        let place = || format!("{name}:{}", number + 1);
        if let Some(folder) = MACHINE_PATHS.iter().find(|folder| names_folder(line, folder)) {
            let right = "a path that holds on every machine: relative, or from a variable";
            violations.push(Violation::new(place(), format!("`{folder}` is a folder of one machine"), right));
        }
        if is_rust && names_infrastructure(line) && is_host_outside_compose(path) {
            let right =
                "hosts name `infrastructure` in compose.rs only; elsewhere they know the ports of `application`";
            violations.push(Violation::new(place(), "a host names `infrastructure`", right));
        }
    }
    violations
}

/// Whether a line names an absolute folder; a relative path may go on with the same name (`src` and then that).
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|letter| !letter.is_alphanumeric() && !matches!(letter, '.' | '_' | '-'))
    })
}

/// The sources of a host, but for the file (or folder) where its parts are put together. Tests may use anything.
fn is_host_outside_compose(path: &Path) -> bool {
    let parts: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
    let [crates, host, src, rest @ ..] = parts.as_slice() else { return false };
    let composes = rest.iter().any(|part| matches!(*part, "compose" | "compose.rs"));
    *crates == "crates" && host.starts_with("host-") && *src == "src" && !composes
}

/// The crate's name in code; prose in comments may mention it.
fn names_infrastructure(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let mut places = code.match_indices("infrastructure");
    places.any(|(start, word)| {
        let before = code[..start].chars().next_back();
        let after = &code[start + word.len()..];
        let begins =
            before.is_none_or(|character| !character.is_alphanumeric() && !matches!(character, '_' | '"' | ':'));
        begins && (after.starts_with("::") || after.starts_with(';') || after.starts_with(" as "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(path: &str, text: &str) -> Vec<String> {
        file(Path::new(path), text)
            .into_iter()
            .map(|violation| format!("{}: {}", violation.place, violation.wrong))
            .collect()
    }

    #[test]
    fn a_host_names_adapters_where_it_is_composed_and_nowhere_else() {
        let text = "\nuse infrastructure::store::Store;\n";
        let expected = ["crates/host-api/src/tasks.rs:2: a host names `infrastructure`"];
        assert_eq!(wrong("crates/host-api/src/tasks.rs", text), expected);
        assert!(wrong("crates/host-api/src/compose.rs", text).is_empty());
        assert!(wrong("crates/host-api/src/compose/store.rs", text).is_empty());
        assert!(wrong("crates/host-api/tests/it/main.rs", text).is_empty());
        assert!(wrong("crates/valkyrie/src/main.rs", text).is_empty());
    }

    #[test]
    fn prose_is_no_arrow() {
        assert!(
            wrong("crates/host-api/src/a.rs", "// infrastructure::Store\nlet x = \"infrastructure::\";\n").is_empty()
        );
    }

    #[test]
    fn long_files_and_machine_paths() {
        assert_eq!(wrong("a.rs", &"\n".repeat(401)), ["a.rs:400: it has 401 lines"]);
        assert!(wrong("a.md", &"\n".repeat(401)).is_empty());
        let path = format!("see {}x", MACHINE_PATHS[0]);
        assert_eq!(wrong("a.md", &path).len(), 1);
        assert_eq!(wrong("a.md", &path.trim_start_matches("see ").replace('x', "")).len(), 1);
        let relative = format!("src{}mod.rs ..{0}", MACHINE_PATHS[1]);
        assert!(wrong("a.md", &relative).is_empty());
    }
}
