use std::time::Duration;

use application::ports::StoreError;
use chrono::{DateTime, Utc};
use heimdall::database::{Database, Query};

use crate::errors::store_error;

/// How long an idempotency key is remembered.
pub const IDEMPOTENCY_LIFETIME: Duration = Duration::from_hours(24);
const BATCH: u32 = 500;

/// Forgets idempotency keys that are old enough by `now`, a few at a time; says how many.
pub async fn expire_idempotency_keys(database: &Database, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let mut gone = 0;
    loop {
        let query = Query::new(format!(
            "DELETE FROM idempotency_keys WHERE (caller_issuer, caller_subject, route, key) IN \
             (SELECT caller_issuer, caller_subject, route, key FROM idempotency_keys WHERE answered_at <= $1 LIMIT {BATCH})"
        ))
        .bind(now - IDEMPOTENCY_LIFETIME);
        match database.execute(query).await.map_err(store_error)? {
            0 => return Ok(gone),
            rows => gone += rows,
        }
    }
}
