use thiserror::Error;

/// The database could not do it.
#[derive(Debug, Error)]
pub enum StoreError {
    /// It is away, or too busy; the same may work in a moment.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What it holds can't be understood, or it refused: a defect.
    #[error("the database did not do what was expected")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}
