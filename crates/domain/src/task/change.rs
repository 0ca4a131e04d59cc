use thiserror::Error;

use super::status::Status;

/// A change of a task that may be requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each says what it is")]
pub enum Change {
    Edit,
    Queue,
    Start,
    Complete,
    Fail,
    Cancel,
    ConfirmCancel,
    Retry,
    Decommission,
    Delete,
}

impl Change {
    /// In which statuses this change is legal.
    pub const fn legal_in(self) -> &'static [Status] {
        use Status::{Cancelled, Cancelling, Completed, Decommissioned, Draft, Failed, Queued, Running};
        match self {
            Self::Edit | Self::Queue => &[Draft],
            Self::Start => &[Queued],
            Self::Complete | Self::Fail => &[Running],
            Self::Cancel => &[Draft, Queued, Running],
            Self::ConfirmCancel => &[Cancelling],
            Self::Retry => &[Failed],
            Self::Decommission => &[Completed],
            Self::Delete => &[Draft, Queued, Completed, Failed, Cancelled, Decommissioned],
        }
    }

    const fn verb(self) -> &'static str {
        match self {
            Self::Edit => "edited",
            Self::Queue => "queued",
            Self::Start => "started",
            Self::Complete => "completed",
            Self::Fail => "failed",
            Self::Cancel | Self::ConfirmCancel => "cancelled",
            Self::Retry => "retried",
            Self::Decommission => "decommissioned",
            Self::Delete => "deleted",
        }
    }
}

/// The task's status does not allow the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a task that is {status} can't be {verb}; only one that is {allowed} can", verb = change.verb(), allowed = words(change.legal_in()))]
pub struct IllegalChange {
    /// What was asked.
    pub change: Change,
    /// How the task stands.
    pub status: Status,
}

fn words(statuses: &[Status]) -> String {
    let words: Vec<_> = statuses.iter().map(|status| status.as_str()).collect();
    words.join(", ")
}
