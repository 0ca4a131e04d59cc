use std::{fmt, path::PathBuf, sync::Arc};

/// Where a value came from. Later variants win over earlier ones; a file named by `<key>_file` ranks like what named
/// it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A section's or the application's default.
    Default,
    /// A line (counted from 1) of the configuration file.
    File {
        /// The file, as it was named.
        path: Arc<PathBuf>,
        /// The line, counted from 1.
        line: usize,
    },
    /// A line (counted from 1) of the profile's file.
    Profile {
        /// The file, beside the configuration file.
        path: Arc<PathBuf>,
        /// The line, counted from 1.
        line: usize,
    },
    /// A file of the secrets folder, named by its key.
    SecretsFolder(PathBuf),
    /// A variable that means the same to many programs, such as `DATABASE_URL`.
    CommonVariable(String),
    /// A variable of this service.
    Variable(String),
    /// The command line; the text is what the user typed, for example `--port`.
    Argument(String),
    /// The contents of a file.
    Contents {
        /// The file that holds the value.
        path: PathBuf,
        /// What named that file.
        named_by: Box<Origin>,
    },
}

impl Origin {
    /// The layer's place in the order of precedence.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File { .. } => 1,
            Self::Profile { .. } => 2,
            Self::SecretsFolder(_) => 3,
            Self::CommonVariable(_) => 4,
            Self::Variable(_) => 5,
            Self::Argument(_) => 6,
            Self::Contents { named_by, .. } => named_by.rank(),
        }
    }

    /// Whether texts of this origin have the type that they were written with, rather than that of who reads them.
    pub(super) fn is_typed(&self) -> bool {
        matches!(self, Self::Default | Self::File { .. } | Self::Profile { .. })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } | Self::Profile { path, line } => write!(f, "{}:{line}", path.display()),
            Self::SecretsFolder(path) => write!(f, "{}", path.display()),
            Self::CommonVariable(name) | Self::Variable(name) => f.write_str(name),
            Self::Argument(flag) => f.write_str(flag),
            Self::Contents { path, named_by } => {
                write!(f, "{} (named by {named_by})", path.display())
            }
        }
    }
}
