use std::{env, path::Path};

/// How a person starts this very program again, from where they are.
pub(super) struct Invocation {
    program: String,
    /// The argument that names the folder, where it is not the usual one.
    folder: String,
}

impl Invocation {
    pub(super) fn of(service: &str, folder: &Path) -> Self {
        let usual = folder == Path::new(&format!(".{service}"));
        let named = || format!(" --data-dir {}", quoted(&folder.display().to_string()));
        Self { program: program(service), folder: if usual { String::new() } else { named() } }
    }

    /// A command line of this program, for the instance of the folder.
    pub(super) fn command(&self, arguments: &str) -> String {
        format!("{} {arguments}{}", self.program, self.folder)
    }

    /// The command that prints a token.
    pub(super) fn token(&self) -> String {
        format!("{} token{}", self.program, self.folder)
    }
}

fn program(service: &str) -> String {
    let Ok(program) = env::current_exe() else { return service.to_owned() };
    let name = program.file_name().unwrap_or_default();
    let found = env::var_os("PATH")
        .and_then(|path| env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| candidate.is_file()));
    let shown = if found.and_then(|found| found.canonicalize().ok()) == program.canonicalize().ok() {
        Path::new(name)
    } else {
        let here = env::current_dir().unwrap_or_default();
        program.strip_prefix(&here).unwrap_or(&program)
    };
    quoted(&shown.display().to_string())
}

/// A word that a shell takes as one.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_must_be_quoted_is() {
        assert_eq!(quoted("/tmp/a-b_c.d"), "/tmp/a-b_c.d");
        assert_eq!(quoted("it's here"), r"'it'\''s here'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn the_usual_folder_is_not_named() {
        assert!(Invocation::of("tally", Path::new(".tally")).token().ends_with(" token"));
        assert!(Invocation::of("tally", Path::new("a b")).token().ends_with(" token --data-dir 'a b'"));
    }
}
