use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use uuid::Uuid;

use crate::excerpt::excerpt;

/// A task's identity: a `UUIDv7`, so that ids sort by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(Uuid);

/// The text is no task id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{given}` is no task id: expected a UUID such as 0192f0c1-2f6a-7000-8000-000000000000")]
pub struct TaskIdError {
    /// What was given, or its beginning.
    pub given: String,
}

impl TaskId {
    /// The task that `id` identifies.
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The id as a UUID.
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for TaskId {
    type Err = TaskIdError;

    /// Reads the hyphenated form only: one task has one spelling.
    fn from_str(given: &str) -> Result<Self, Self::Err> {
        let wrong = || TaskIdError { given: excerpt(given) };
        if given.len() != 36 {
            return Err(wrong());
        }
        Uuid::try_parse(given).map(Self).map_err(|_| wrong())
    }
}
