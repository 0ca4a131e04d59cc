use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use super::Instance;
use crate::program::CommandError;

/// The data of one development instance. Its layout:
///
/// - `<service>.db`: tables, the log, everything else; kept across restarts
/// - `development-issuer.json`, and secrets of the service's own: keys, made at the first start and readable by their
///   owner only
/// - `lock`: held by the running process, and let go of by the system when that ends, however it ends
/// - `instance.json`: where the running process listens
#[derive(Debug, Clone)]
pub struct DataFolder {
    service: String,
    path: PathBuf,
}

/// The right to use a folder; dropping it, or the end of the process, gives it up.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl DataFolder {
    /// The folder of the service's instance, which need not exist yet: `.<service>`, unless another one is given.
    pub fn of(service: &str, path: Option<&Path>) -> Self {
        let path = path.map_or_else(|| format!(".{service}").into(), Path::to_owned);
        Self { service: service.to_owned(), path }
    }

    /// Makes the folder, unless it is there. Only its owner may look inside, and git passes it over.
    pub(super) fn create(&self) -> Result<(), CommandError> {
        let shown = self.path.display();
        if self.path.to_str().is_none_or(|path| path.contains('?')) {
            return Err(CommandError::usage(format!(
                "--data-dir must be a path in UTF-8 and without `?`, at which addresses of databases end, but is {shown}"
            )));
        }
        if self.path.exists() && !self.path.is_dir() {
            return Err(CommandError::usage(format!("--data-dir must be a folder, but {shown} is a file")));
        }
        let is_new = !self.path.exists();
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let ignore = || if is_new { fs::write(self.path.join(".gitignore"), "*\n") } else { Ok(()) };
        builder.create(&self.path).and_then(|()| ignore()).map_err(|error| {
            CommandError::usage(format!("the data folder {shown} cannot be made (see --data-dir)")).because(error)
        })
    }

    /// Takes the folder for this process.
    pub(super) fn lock(&self) -> Result<Lock, CommandError> {
        let path = self.path.join("lock");
        let failed = |error: io::Error| {
            CommandError::failed(format!("the data folder {} cannot be used (see --data-dir)", self.path.display()))
                .because(error)
        };
        let file = private().create(true).truncate(false).open(&path).map_err(failed)?;
        // `token` looks whether the lock is held by touching it for a moment.
        for _ in 0..5 {
            match file.try_lock() {
                Ok(()) => {
                    self.forget_instance().map_err(failed)?;
                    return Ok(Lock { _file: file });
                }
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(20)),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        let place = self.instance().map_or_else(String::new, |instance| format!(" ({instance})"));
        Err(CommandError::in_the_way(format!(
            "another `{} dev` is using {}{place}: stop it first, or choose another folder with --data-dir and another \
             port with --port",
            self.service,
            self.path.display()
        )))
    }

    /// What an earlier process said of itself holds no more.
    fn forget_instance(&self) -> io::Result<()> {
        match fs::remove_file(self.path.join("instance.json")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Whether a process uses the folder now.
    pub(in crate::program) fn is_locked(&self) -> bool {
        let file = OpenOptions::new().read(true).open(self.path.join("lock"));
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// What the process that uses the folder, or used it last, said about itself.
    pub(in crate::program) fn instance(&self) -> Option<Instance> {
        serde_json::from_slice(&fs::read(self.path.join("instance.json")).ok()?).ok()
    }

    /// Says where this process listens.
    pub(super) fn announce(&self, instance: &Instance) -> io::Result<()> {
        // Written beside and renamed, so that nobody reads half of it.
        let (path, beside) = (self.path.join("instance.json"), self.path.join("instance.json.new"));
        let mut file = private().create(true).truncate(true).open(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(instance)?)?;
        fs::rename(beside, path)
    }

    /// A file of the folder that only its owner may read; `make` says what it holds when there is none yet.
    pub fn secret<S: AsRef<str>>(
        &self,
        file: &str,
        make: impl FnOnce() -> Result<S, CommandError>,
    ) -> Result<PathBuf, CommandError> {
        let path = self.path.join(file);
        let failed = |error: io::Error| {
            CommandError::failed(format!("the secret in {} cannot be made", path.display())).because(error)
        };
        if !path.exists() {
            let secret = make()?;
            // Whole or not at all: half a key would encrypt what nobody can read again.
            let part = self.path.join(format!("{file}.part"));
            let mut file = private().create(true).truncate(true).open(&part).map_err(failed)?;
            file.write_all(secret.as_ref().as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
            fs::rename(&part, &path).map_err(failed)?;
        }
        Ok(path)
    }

    /// The database's file.
    pub fn database(&self) -> PathBuf {
        self.path.join(format!("{}.db", self.service))
    }

    /// The folder itself, as a person would write it.
    pub fn path(&self) -> &Path {
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
