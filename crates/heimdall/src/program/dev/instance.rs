use std::fmt;

use serde::{Deserialize, Serialize};

/// What a running development instance says about itself, for `token`, `events` and people.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::program) struct Instance {
    /// Its process.
    pub(super) pid: u32,
    /// Where it listens.
    pub(in crate::program) url: String,
    /// The permissions there are.
    pub(in crate::program) permissions: Vec<String>,
}

impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}, at {}", self.pid, self.url)
    }
}
