use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A git repository with this checkout as it is now, changes that are not committed included, and a tag.
pub(super) struct Remote {
    folder: PathBuf,
}

impl Remote {
    /// The tag.
    pub(super) const TAG: &str = "v0.0.0-test";

    /// Makes it. Equal checkouts make the same commit at the same place, so that what was built of it stays good.
    pub(super) fn of_this_checkout() -> Self {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("remote");
        let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("remote-work");
        for made in [&folder, &work] {
            if made.exists() {
                fs::remove_dir_all(made).unwrap();
            }
        }
        let listed = git(&checkout, &["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        for path in listed.split('\0').filter(|path| checkout.join(path).is_file()) {
            let copy = work.join(path);
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::copy(checkout.join(path), copy).unwrap();
        }
        git(&work, &["init", "--quiet"]);
        git(&work, &["add", "--all", "--force"]);
        git(&work, &["commit", "--quiet", "--message", "As it is"]);
        git(&work, &["tag", Self::TAG]);
        git(&work, &["clone", "--quiet", "--bare", ".", folder.to_str().unwrap()]);
        fs::remove_dir_all(work).unwrap();
        Self { folder }
    }

    /// Its address.
    pub(super) fn url(&self) -> String {
        format!("file://{}", self.folder.display())
    }
}

/// Runs git as nobody in particular, at no particular time.
fn git(folder: &Path, arguments: &[&str]) -> String {
    fs::create_dir_all(folder).unwrap();
    let mut command = Command::new("git");
    command.args(["-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"]).args(arguments).current_dir(folder);
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "test").env(format!("GIT_{role}_EMAIL"), "test@example.org");
        command.env(format!("GIT_{role}_DATE"), "2000-01-01T00:00:00Z");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
