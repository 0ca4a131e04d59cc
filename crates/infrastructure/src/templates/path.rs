use thiserror::Error;

/// Bytes of one part of a path, and of all of it: what every common file system takes.
const MAX_PART: usize = 255;
const MAX_PATH: usize = 1024;

/// The text is no path within the root.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the path `{shown}` {problem}")]
pub(super) struct PathError {
    shown: String,
    problem: &'static str,
}

/// Reads a path that must stay within its root, on any system: its parts, without `.`; none for the root itself.
///
/// Refused are absolute paths, `..`, drives, backslashes, control and invisible characters, names that a system keeps
/// to itself (`CON`, a trailing dot), and git's own folder, which would make hooks of files.
pub(super) fn confined(path: &str) -> Result<Vec<&str>, PathError> {
    let refuse = |problem| Err(PathError { shown: path.escape_default().take(200).collect(), problem });
    if path.len() > MAX_PATH {
        return refuse("is longer than 1024 bytes");
    }
    if path.starts_with('/') {
        return refuse("is absolute");
    }
    let mut parts = Vec::new();
    let trimmed = path.strip_suffix('/').unwrap_or(path);
    if trimmed.is_empty() {
        return refuse("is empty");
    }
    for part in trimmed.split('/') {
        match problem(part) {
            Some(problem) => return refuse(problem),
            None if part == "." => {}
            None => parts.push(part),
        }
    }
    Ok(parts)
}

fn problem(part: &str) -> Option<&'static str> {
    if part == "." {
        return None;
    }
    let lower = part.to_lowercase();
    let stem = lower.split('.').next().unwrap_or_default();
    Some(match part {
        "" => "has an empty part",
        ".." => "climbs out of its root with `..`",
        _ if part.len() > MAX_PART => "has a part longer than 255 bytes",
        _ if part.chars().any(char::is_control) => "has a control character",
        _ if part.contains('\\') => "has a backslash",
        _ if part.contains(':') => "has a colon, as in a drive or a stream of Windows",
        _ if part.contains(['<', '>', '"', '|', '?', '*']) => "has a character that Windows refuses (`<>\"|?*`)",
        _ if part.chars().any(invisible) => "has an invisible character",
        _ if part.ends_with(['.', ' ']) || part.starts_with(' ') => "has a part with a space or dot at its edge",
        _ if lower == ".git" || lower.starts_with("git~") => "is within git's own folder",
        _ if device(stem.trim_end()) => "has a name that Windows keeps to itself",
        _ => return None,
    })
}

/// Characters that some file systems drop, so that `.g<U+200C>it` is `.git` there.
fn invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn device(stem: &str) -> bool {
    let numbered = |name: &str| stem.strip_prefix(name).is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']));
    matches!(stem, "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_paths_are_taken_apart() {
        assert_eq!(confined("./src//").unwrap_err().problem, "has an empty part");
        assert_eq!(confined("./src/./main.rs").unwrap(), ["src", "main.rs"]);
        assert_eq!(confined(".").unwrap(), Vec::<&str>::new());
        assert_eq!(confined(".github/workflows/ci.yml").unwrap(), [".github", "workflows", "ci.yml"]);
        assert_eq!(confined("console.rs").unwrap(), ["console.rs"]);
        assert_eq!(confined(".gitignore").unwrap(), [".gitignore"]);
    }

    #[test]
    fn what_leaves_the_root_is_refused() {
        for path in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "a/../b",
            "a/..",
            "C:/x",
            "c:x",
            "a\\b",
            "..\\x",
            "a\0b",
            "a\nb",
            ".git/hooks/x",
            "x/.GIT/y",
            ".git",
            "GIT~1/config",
            ".g\u{200c}it/x",
            "a//b",
            "//server/share",
            "CON",
            "aux.txt",
            "a. ",
            "b.",
            "lpt1",
            "a:stream",
            "what?",
        ] {
            assert!(confined(path).is_err(), "{path:?} was let through");
        }
    }

    proptest! {
        /// Whatever the text, what comes through stays below a root when it is joined to one.
        #[test]
        fn nothing_climbs(text in "[./\\\\a-cC:\\x00 ~]{0,24}") {
            if let Ok(parts) = confined(&text) {
                let joined = parts.iter().fold(std::path::PathBuf::from("/root"), |at, part| at.join(part));
                prop_assert!(joined.starts_with("/root"));
                prop_assert_eq!(joined.components().count(), parts.len() + 2);
                for part in parts {
                    prop_assert!(!part.is_empty() && part != "." && part != ".." && !part.contains(['/', '\\', ':', '\0']));
                }
            }
        }
    }
}
