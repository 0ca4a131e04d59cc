//! The aggregate and its state machine:
//!
//! ```text
//! draft ──► queued ──► running ──► completed ──► decommissioned
//!   │          │  ▲        │  └──► failed ──┐
//!   │          │  └────────│────────────────┘ retry (attempt + 1)
//!   └──────────┴──► cancelled ◄── cancelling ◄── running
//! ```

mod change;
mod event;
mod id;
mod scaffold_task;
mod state;
mod status;
#[cfg(test)]
mod tests;

pub use change::{Change, IllegalChange};
pub use event::{RecordedEvent, TaskEvent};
pub use id::{TaskId, TaskIdError};
pub use scaffold_task::ScaffoldTask;
pub use state::{Artifact, Failure, TaskSpec, TaskState};
pub use status::{Status, StatusError};
