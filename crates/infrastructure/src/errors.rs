use std::error::Error;

use application::ports::StoreError;
use heimdall::database::DatabaseError;

/// A stored row holds something that makes no sense: a defect, or a change by hand. It arrives as the source of
/// [`StoreError::Broken`].
#[derive(Debug, thiserror::Error)]
#[error("{table}.{column} makes no sense in the row with {key}")]
pub struct StoredRowError {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The columns of the table's primary key, each with its value in this row.
    pub key: String,
    /// What is wrong with the value.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

/// What a database error means to a use case: wait and try again, or a defect.
pub(crate) fn store_error(error: DatabaseError) -> StoreError {
    if error.is_transient() { StoreError::Unavailable(error.into()) } else { StoreError::Broken(error.into()) }
}

/// What is to be stored can't be: a defect.
pub(crate) fn broken(error: impl Into<Box<dyn Error + Send + Sync>>) -> StoreError {
    StoreError::Broken(error.into())
}
