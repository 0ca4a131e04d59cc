use crate::templates::limits::Stop;

/// Why a template could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::templates) enum ExpressionError {
    /// A limit was reached.
    #[error(transparent)]
    Stop(#[from] Stop),
    /// The template asks for something that isn't there or makes no sense.
    #[error("line {line}: {message}")]
    Wrong {
        /// Line within the text, from 1.
        line: usize,
        /// What is wrong, without any value that was given.
        message: String,
    },
}
