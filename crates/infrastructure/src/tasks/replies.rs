//! The answers that requests with an idempotency key got.

use application::ports::{IdempotencyKey, StoreError, StoredReply};
use domain::TaskId;
use heimdall::database::{Columns, Filter, Query, Row};

use crate::stored_row::Table;

const KEYS: Table = Table { name: "idempotency_keys", key: &["caller_issuer", "caller_subject", "route", "key"] };
const SELECT: &str = "SELECT caller_issuer, caller_subject, route, key, fingerprint, status, task_id, body, answered_at \
     FROM idempotency_keys";

// What the column `status` says: a task that was queued was answered with 202 Accepted, a draft with 201 Created.
const STARTED: i64 = 202;
const DRAFTED: i64 = 201;

/// Remembers the answer to a request.
pub(super) fn insert(key: IdempotencyKey, reply: StoredReply) -> Query {
    Columns::new()
        .set("caller_issuer", key.caller.issuer)
        .set("caller_subject", key.caller.subject)
        .set("route", key.route)
        .set("key", key.key)
        .set("fingerprint", key.fingerprint)
        .set("status", if reply.started { STARTED } else { DRAFTED })
        .set("task_id", reply.task.as_uuid())
        .set("body", reply.body)
        .set("answered_at", reply.at)
        .insert_into(KEYS.name)
}

/// Looks for the answer to the request with this key.
pub(super) fn select(key: &IdempotencyKey) -> Query {
    Filter::new()
        .equals("caller_issuer", key.caller.issuer.as_str())
        .equals("caller_subject", key.caller.subject.as_str())
        .equals("route", key.route.as_str())
        .equals("key", key.key.as_str())
        .select(SELECT, "")
}

/// An answer from its row.
pub(super) fn read(row: &Row) -> Result<StoredReply, StoreError> {
    let row = KEYS.row(row);
    let started = |status| match status {
        STARTED => Ok(true),
        DRAFTED => Ok(false),
        other => Err(format!("{other} is no status of an answer; expected {STARTED} or {DRAFTED}")),
    };
    Ok(StoredReply {
        fingerprint: row.get("fingerprint")?,
        started: row.parse("status", started)?,
        task: TaskId::new(row.get("task_id")?),
        body: row.get("body")?,
        at: row.get("answered_at")?,
    })
}
