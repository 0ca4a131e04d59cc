use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use infrastructure::Vault;

use super::Instance;
use crate::cli::CliError;

/// The data of one development instance. Its layout:
///
/// - `valkyrie.db`: tasks, the log, everything else; kept across restarts
/// - `development-issuer.json`, `secrets.key`: keys, made at the first start and readable by their owner only
/// - `lock`: held by the running process, and let go of by the system when that ends, however it ends
/// - `instance.json`: where the running process listens
pub(crate) struct Folder {
    path: PathBuf,
}

/// The right to use a folder; dropping it, or the end of the process, gives it up.
pub(crate) struct Lock {
    _file: File,
}

impl Folder {
    /// The folder at `path`, which need not exist yet.
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Makes the folder, unless it is there. Only its owner may look inside.
    pub(crate) fn create(&self) -> Result<(), CliError> {
        let shown = self.path.display();
        if self.path.to_str().is_none_or(|path| path.contains('?')) {
            return Err(CliError::usage(format!(
                "--data-dir must be a path in UTF-8 and without `?`, at which addresses of databases end, but is {shown}"
            )));
        }
        if self.path.exists() && !self.path.is_dir() {
            return Err(CliError::usage(format!("--data-dir must be a folder, but {shown} is a file")));
        }
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.path).map_err(|error| {
            CliError::usage(format!("the data folder {shown} cannot be made (see --data-dir)")).because(error)
        })
    }

    /// Takes the folder for this process.
    pub(crate) fn lock(&self) -> Result<Lock, CliError> {
        let path = self.path.join("lock");
        let failed = |error: io::Error| {
            CliError::failed(format!("the data folder {} cannot be used (see --data-dir)", self.path.display()))
                .because(error)
        };
        let file = private().create(true).truncate(false).open(&path).map_err(failed)?;
        // `valkyrie token` looks whether the lock is held by touching it for a moment.
        for _ in 0..5 {
            match file.try_lock() {
                Ok(()) => return Ok(Lock { _file: file }),
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(20)),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        let place = self.instance().map_or_else(String::new, |instance| format!(" ({instance})"));
        Err(CliError::in_the_way(format!(
            "another `valkyrie dev` is using {}{place}: stop it first, or choose another folder with --data-dir and another \
             port with --port",
            self.path.display()
        )))
    }

    /// Whether a process uses the folder now.
    pub(crate) fn is_locked(&self) -> bool {
        let file = OpenOptions::new().read(true).open(self.path.join("lock"));
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// What the process that uses the folder, or used it last, said about itself.
    pub(crate) fn instance(&self) -> Option<Instance> {
        serde_json::from_slice(&fs::read(self.path.join("instance.json")).ok()?).ok()
    }

    /// Says where this process listens.
    pub(crate) fn announce(&self, instance: &Instance) -> io::Result<()> {
        // Written beside and renamed, so that nobody reads half of it.
        let (path, beside) = (self.path.join("instance.json"), self.path.join("instance.json.new"));
        let mut file = private().create(true).truncate(true).open(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(instance)?)?;
        fs::rename(beside, path)
    }

    /// The file that holds the key of secret parameters, in hexadecimal digits; made the first time.
    pub(crate) fn secrets_key(&self) -> Result<PathBuf, CliError> {
        let path = self.path.join("secrets.key");
        let failed =
            |error: io::Error| CliError::failed(format!("the key in {} cannot be made", path.display())).because(error);
        if !path.exists() {
            let key = Vault::new_key()?;
            // Whole or not at all: a key of which half is missing would encrypt what nobody can read again.
            let part = self.path.join("secrets.key.part");
            let mut file = private().create(true).truncate(true).open(&part).map_err(failed)?;
            file.write_all(key.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
            fs::rename(&part, &path).map_err(failed)?;
        }
        Ok(path)
    }

    /// The database's file.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("valkyrie.db")
    }

    /// The folder itself, as a person would write it.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// A file that only its owner may read and write.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
