use std::fmt;

use serde::{Deserialize, Serialize};

/// What a running `valkyrie dev` says about itself, for `valkyrie token` and for people.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Instance {
    /// Its process.
    pub(crate) pid: u32,
    /// Where it listens.
    pub(crate) url: String,
}

impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}, at {}", self.pid, self.url)
    }
}
