use application::ports::StepError;

use super::tree::TreeError;
use crate::templates::expression::ExpressionError;
use crate::templates::limits::Stop;
use crate::templates::path::PathError;

/// Why a step fails; the text is for people and never shows a value.
#[derive(Debug, thiserror::Error)]
pub(super) enum StepFailure {
    #[error(transparent)]
    Stop(#[from] Stop),
    #[error("{place}: {source}")]
    Text {
        place: String,
        #[source]
        source: ExpressionError,
    },
    #[error("{place}: {source}")]
    Path {
        place: String,
        #[source]
        source: PathError,
    },
    #[error("{place}: {source}")]
    Tree {
        place: String,
        #[source]
        source: TreeError,
    },
    #[error("{place}: {message}")]
    Wrong { place: String, message: String },
}

impl StepFailure {
    pub(super) fn into_step_error(self) -> StepError {
        let stop = match &self {
            Self::Stop(stop)
            | Self::Text { source: ExpressionError::Stop(stop), .. }
            | Self::Tree { source: TreeError::Stop(stop), .. } => Some(stop),
            _ => None,
        };
        StepError { retryable: stop.is_some_and(Stop::is_transient), message: self.to_string() }
    }
}
