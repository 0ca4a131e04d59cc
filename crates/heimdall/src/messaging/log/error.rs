//! What can go wrong with a log.

use std::time::Duration;

use thiserror::Error;

use crate::messaging::topics::TopicPlanError;

/// The cause of an error, as the adapter knows it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a log did not do what it was asked.
#[derive(Debug, Error)]
pub enum LogError {
    /// The log does not answer now. Trying again later makes sense.
    #[error("the log is not available: {operation} failed")]
    Unavailable {
        /// What was tried, such as `listing topics`.
        operation: &'static str,
        /// What the adapter saw.
        #[source]
        source: BoxError,
    },
    /// The log answered, and refused.
    #[error("the log refused: {operation} failed")]
    Refused {
        /// What was tried.
        operation: &'static str,
        /// What the adapter saw.
        #[source]
        source: BoxError,
    },
    /// A topic could not be changed.
    #[error("topic `{topic}` could not be changed")]
    Topic {
        /// The topic's name.
        topic: String,
        /// What the adapter saw.
        #[source]
        source: BoxError,
    },
    /// The wanted topics cannot be reached from those that are there.
    #[error(transparent)]
    Plan(#[from] TopicPlanError),
    /// Leaving the group took too long and goes on in the background.
    #[error("the subscriber did not leave its group within {0:?}; the group notices when its session ends")]
    CloseTimedOut(Duration),
    /// The subscriber is closed.
    #[error("the subscriber is closed")]
    Closed,
}

impl LogError {
    /// Whether the same call may succeed later, with nothing changed but the log's state.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

/// Why a record is not known to be durable.
#[derive(Debug, Error)]
pub enum PublishError {
    /// The record can be published later, as it is. It may have reached the log all the same.
    #[error("not published to `{topic}` yet: {reason}")]
    Transient {
        /// The record's topic.
        topic: String,
        /// What stands in the way.
        reason: &'static str,
        /// What the adapter saw, if the log was asked at all.
        #[source]
        source: Option<BoxError>,
    },
    /// The record's topic does not exist. It can be published when somebody has made it; other topics don't wait for that.
    #[error("not published to `{topic}` yet: there is no such topic")]
    NoTopic {
        /// The record's topic.
        topic: String,
    },
    /// The log will never take this record as it is, such as one that is too large.
    #[error("cannot be published to `{topic}`: {reason}")]
    Permanent {
        /// The record's topic.
        topic: String,
        /// What is wrong with the record.
        reason: &'static str,
        /// What the adapter saw.
        #[source]
        source: Option<BoxError>,
    },
}

impl PublishError {
    /// Whether the record can be published later, as it is.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Transient { .. } | Self::NoTopic { .. })
    }
}
