use crate::database::DatabaseError;
use crate::messaging::log::LogError;

/// The log's word for a failure of its database.
pub(super) fn failed(operation: &'static str, source: DatabaseError) -> LogError {
    if source.is_transient() {
        LogError::Unavailable { operation, source: source.into() }
    } else {
        LogError::Refused { operation, source: source.into() }
    }
}
