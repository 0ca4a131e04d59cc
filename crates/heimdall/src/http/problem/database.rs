use std::{error::Error, time::Duration};

use super::Problem;
use crate::{database::DatabaseError, errors::with_causes};

/// When to try again while the database is away.
const RETRY_AFTER: Duration = Duration::from_secs(5);

impl Problem {
    /// 503 with `Retry-After`: the database is away, busy, or others were faster. The causes go to the log, to the caller no
    /// more than the error's own words: those of [`DatabaseError`], or of an application's error (Valkyrie's `StoreError`).
    /// The type of the problem, `unavailable`, is also that of a service that starts, and of an issuer that is away.
    /// For errors of an application's own; a [`DatabaseError`] becomes it by itself.
    pub fn database_unavailable(error: &(dyn Error + 'static)) -> Self {
        tracing::warn!(error = with_causes(error), "The database is not available");
        Self::unavailable(error.to_string(), RETRY_AFTER)
    }
}

/// Lets a handler use `?` on what it asks of the database: [`Problem::database_unavailable`] where the same call may succeed
/// later, 500 for everything else.
///
/// What means something to the caller (a name that is taken) is told apart before, by
/// [`violates`](DatabaseError::violates).
impl From<DatabaseError> for Problem {
    fn from(error: DatabaseError) -> Self {
        if error.is_transient() { Self::database_unavailable(&error) } else { Self::internal(&error) }
    }
}
