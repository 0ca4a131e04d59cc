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
            Self::CommonVariable(_) => 2,
            Self::Variable(_) => 3,
            Self::Argument(_) => 4,
            Self::Contents { named_by, .. } => named_by.rank(),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::CommonVariable(name) | Self::Variable(name) => f.write_str(name),
            Self::Argument(flag) => f.write_str(flag),
            Self::Contents { path, named_by } => {
                write!(f, "{} (named by {named_by})", path.display())
            }
        }
    }
}
