use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Cargo in another folder, as a person would call it there.
pub(super) struct Cargo {
    folder: PathBuf,
}

impl Cargo {
    /// In this folder. It starts from Valkyrie's own `Cargo.lock`, so that it builds what is known to work, and to be here.
    pub(super) fn within(folder: &Path) -> Self {
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
        std::fs::copy(lock, folder.join("Cargo.lock")).unwrap();
        Self { folder: folder.to_owned() }
    }

    /// Runs cargo, and gives back what it says, which is shown where it fails.
    pub(super) fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO"));
        // What this test's own cargo has set must not be seen; what a person has set should.
        let ours = |name: &str| name.starts_with("CARGO_") && name != "CARGO_HOME" && !name.starts_with("CARGO_NET_");
        for (name, _) in std::env::vars().filter(|(name, _)| ours(name) || name.starts_with("RUSTC")) {
            command.env_remove(name);
        }
        let output = command
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            // Dependencies are built once for all services, and once for all runs.
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("scaffolded"))
            // Nobody debugs them, and without it they are built faster.
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .output()
            .unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "cargo {} in {}:\n{said}", arguments.join(" "), self.folder.display());
        said
    }
}
