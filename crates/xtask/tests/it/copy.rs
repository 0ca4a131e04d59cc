//! A copy of the workspace to change and to build.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::diff::Files;

/// Where the copy's own cargo builds. Nothing is shared with the workspace: crates of one name at one place in their
/// workspace are the same to cargo, so one would be taken for the other.
const TARGET: &str = "target";

/// The copy. It is always the same one, so that little is built anew the next time.
pub(crate) struct Copy {
    folder: PathBuf,
    /// One test at a time changes it.
    _lock: File,
}

/// All files of the workspace.
pub(crate) fn originals() -> Files {
    let root = xtask::workspace::root().unwrap();
    let file = |path: PathBuf| (path.to_str().unwrap().to_owned(), fs::read(root.join(&path)).unwrap());
    xtask::workspace::files().unwrap().into_iter().map(file).collect()
}

impl Copy {
    /// Makes the copy be these files, and leaves those alone that are right already.
    pub(crate) fn of(files: &Files) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("recipes");
        fs::create_dir_all(&folder).unwrap();
        let lock = File::create(folder.with_extension("lock")).unwrap();
        lock.lock().unwrap();
        let copy = Self { folder, _lock: lock };
        let there = copy.files();
        for name in there.keys().filter(|name| !files.contains_key(*name)) {
            fs::remove_file(copy.folder.join(name)).unwrap();
        }
        let root = xtask::workspace::root().unwrap();
        for (name, bytes) in files.iter().filter(|(name, bytes)| there.get(*name) != Some(*bytes)) {
            let path = copy.folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, bytes).unwrap();
            if let Ok(original) = fs::metadata(root.join(name)) {
                fs::set_permissions(&path, original.permissions()).unwrap();
            }
        }
        copy
    }

    /// What it holds now.
    pub(crate) fn files(&self) -> Files {
        let mut files = Files::new();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                let name = path.strip_prefix(&self.folder).unwrap().to_str().unwrap().to_owned();
                if path.is_file() {
                    files.insert(name, fs::read(&path).unwrap());
                } else if name != TARGET {
                    folders.push(path);
                }
            }
        }
        files
    }

    /// Runs what a person would type there, and gives back what it says.
    pub(crate) fn run(&self, command: &str) -> String {
        let mut shell = Command::new("sh");
        for (name, _) in std::env::vars().filter(|(name, _)| is_ours(name)) {
            shell.env_remove(name);
        }
        let output = shell
            .args(["-c", command])
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .env("CARGO_TARGET_DIR", self.folder.join(TARGET))
            .output()
            .unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "`{command}` failed in {}:\n{said}", self.folder.display());
        said
    }
}

/// What cargo or a suite has set for this test must not be seen; what a person has set for cargo should.
fn is_ours(name: &str) -> bool {
    let of_cargo = name.starts_with("CARGO_") && name != "CARGO_HOME" && !name.starts_with("CARGO_NET_");
    of_cargo || ["VALKYRIE_", "INSTA_", "RUSTC"].iter().any(|start| name.starts_with(start)) || name == "DATABASE_URL"
}
