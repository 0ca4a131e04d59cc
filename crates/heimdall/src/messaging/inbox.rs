//! The inbox: what a consumer group has taken in, remembered in the transaction of its effect, so that it takes effect once.

use std::time::Duration;

use crate::database::{Database, DatabaseError, Query, Transaction};

/// So many rows are deleted by one statement: a table that is cleaned in one go blocks who writes to it.
const AT_ONCE: i64 = 500;

/// Remembers that `group` takes in the event `(source, id)`. Answers false if it had done so before: then the event's
/// effect is there already, and the transaction has nothing to do.
///
/// Another transaction that takes in the same event at this moment is waited for.
pub async fn remember(work: &mut Transaction, group: &str, source: &str, id: &str) -> Result<bool, DatabaseError> {
    let insert = "INSERT INTO heimdall_inbox (consumer_group, source, id) VALUES ($1, $2, $3)
         ON CONFLICT (consumer_group, source, id) DO NOTHING";
    let rows = work.execute(Query::new(insert).bind(group).bind(source).bind(id)).await?;
    Ok(rows > 0)
}

/// Forgets what `group` took in longer ago than `age`, a few hundred rows at a time; answers how many rows that were.
/// `age` must be longer than the log may deliver an event again.
pub async fn forget(database: &Database, group: &str, age: Duration) -> Result<u64, DatabaseError> {
    let dialect = database.dialect();
    let sql = format!(
        "DELETE FROM heimdall_inbox WHERE (consumer_group, source, id) IN (
             SELECT consumer_group, source, id FROM heimdall_inbox
             WHERE received_at < {} AND consumer_group = $2 ORDER BY received_at LIMIT $3)",
        dialect.later("$1"),
    );
    let age = i64::try_from(age.as_micros()).unwrap_or(i64::MAX);
    let mut forgotten = 0;
    loop {
        let delete = Query::new(sql.clone()).bind(age.saturating_neg()).bind(group).bind(AT_ONCE);
        let rows = database.execute(delete).await?;
        forgotten += rows;
        if rows < AT_ONCE.unsigned_abs() {
            return Ok(forgotten);
        }
        tokio::task::yield_now().await;
    }
}
