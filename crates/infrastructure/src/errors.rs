use application::ports::StoreError;
use heimdall::database::DatabaseError;

/// What a database error means to a use case: wait and try again, or a defect.
pub(crate) fn store_error(error: DatabaseError) -> StoreError {
    if error.is_transient() { StoreError::Unavailable(error.into()) } else { StoreError::Broken(error.into()) }
}

/// What was stored makes no sense: a defect.
pub(crate) fn broken(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Broken(error.into())
}
