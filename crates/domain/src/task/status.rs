use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::excerpt::excerpt;

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Written down, may still be edited, does not run.
    Draft,
    /// Waits for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// A worker has it and was asked to stop at the next step.
    Cancelling,
    /// The service was made.
    Completed,
    /// It could not be made; may be retried.
    Failed,
    /// Stopped by a person before it was made.
    Cancelled,
    /// It was made, and is gone from the catalog since.
    Decommissioned,
}

impl Status {
    /// Every status, in the order of a task's life.
    pub const ALL: [Self; 8] = [
        Self::Draft,
        Self::Queued,
        Self::Running,
        Self::Cancelling,
        Self::Completed,
        Self::Failed,
        Self::Cancelled,
        Self::Decommissioned,
    ];

    /// The word that API, events and database use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Cancelling => "cancelling",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Decommissioned => "decommissioned",
        }
    }

    /// Whether nothing more happens without a further request.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled | Self::Decommissioned)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is no status.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{given}` is no status; expected one of {known}", known = Status::ALL.map(Status::as_str).join(", "))]
pub struct StatusError {
    /// What was given, or its beginning.
    pub given: String,
}

impl FromStr for Status {
    type Err = StatusError;

    /// Reads a status; the error names all that would be right.
    fn from_str(given: &str) -> Result<Self, Self::Err> {
        let status = Self::ALL.into_iter().find(|status| status.as_str() == given);
        status.ok_or_else(|| StatusError { given: excerpt(given) })
    }
}
