/// Why routes can't be served together. It is a mistake of the program, found when it starts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RouteError {
    /// Two handlers for one method of one path.
    #[error("`{method} {path}` is routed twice: one address has one handler for each method")]
    Twice {
        /// The method.
        method: String,
        /// The path.
        path: String,
    },
    /// A path that is none, or that another one stands in the way of.
    #[error("`{path}` can't be routed: {reason}")]
    Path {
        /// The path.
        path: String,
        /// What is wrong with it, and what would be right.
        reason: String,
    },
}
