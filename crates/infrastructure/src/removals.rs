//! Services that have vanished from the catalog, in a table of their own.

use application::ports::{Removal, RemovalState, Removals, StoreError, Vanished};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{Actor, EntityRef, TaskId, TaskState, excerpt};
use heimdall::database::{Columns, Database, Filter, Query, Row};

use crate::errors::store_error;
use crate::stored_row::{StoredRow, Table};

const REMOVALS: Table = Table { name: "scaffold_task_removals", key: &["task_id"] };

/// Remembers which entities a task has made; nothing, if it has made none.
pub(crate) fn made(task: &TaskState) -> Option<Query> {
    let mut refs: Vec<_> = task.entity_refs.iter().map(ToString::to_string).collect();
    refs.sort_unstable();
    refs.dedup();
    let row = |entity_ref| Columns::new().set("entity_ref", entity_ref).set("task_id", task.id.as_uuid());
    // The only reason to refuse is that there are no rows.
    let insert = Columns::insert_all("scaffold_task_entities", refs.into_iter().map(row).collect()).ok()?;
    Some(insert.on_conflict_do_nothing(&["entity_ref", "task_id"]))
}

/// Writes down that a service has vanished, if this was the last component of a completed task.
pub(crate) fn note(vanished: &Vanished) -> Query {
    let sql = "INSERT INTO scaffold_task_removals \
         (task_id, entity_ref, event_id, correlation_id, removed_at, heard_at, state) \
         SELECT task.id, $1, $2, $3, $4, $5, 'waiting' FROM scaffold_task_entities made \
         JOIN scaffold_tasks task ON task.id = made.task_id \
         WHERE made.entity_ref = $1 AND task.status = 'completed' AND task.deleted_at IS NULL \
         AND ($6 IS NULL OR task.id = $6) \
         AND NOT EXISTS (SELECT 1 FROM scaffold_task_entities other \
             JOIN catalog_entities known ON known.entity_ref = other.entity_ref \
             WHERE other.task_id = task.id AND known.kind = 'component') \
         ON CONFLICT (task_id) DO NOTHING";
    Query::new(sql)
        .bind(vanished.entity_ref.to_string())
        .bind(vanished.event_id.as_str())
        .bind(vanished.correlation_id.as_deref())
        .bind(vanished.removed_at)
        .bind(vanished.heard_at)
        .bind(vanished.made_by.map(TaskId::as_uuid))
}

/// Forgets that a service had vanished, as long as nobody has decided about it.
pub(crate) fn take_back(entity: &EntityRef) -> Query {
    let sql = "DELETE FROM scaffold_task_removals WHERE state IN ('waiting', 'held') \
         AND task_id IN (SELECT task_id FROM scaffold_task_entities WHERE entity_ref = $1)";
    Query::new(sql).bind(entity.to_string())
}

/// Notes that what there was to do is done.
pub(crate) fn done(task: TaskId, at: DateTime<Utc>) -> Query {
    Columns::new()
        .set("state", "done")
        .set("done_at", at)
        .update(REMOVALS.name, Filter::new().equals("task_id", task.as_uuid()).raw("state <> 'done'"))
}

/// Removals in the database.
pub(crate) struct SqlRemovals {
    database: Database,
}

impl SqlRemovals {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    async fn execute(&self, query: Query) -> Result<u64, StoreError> {
        self.database.execute(query).await.map_err(store_error)
    }
}

#[async_trait]
impl Removals for SqlRemovals {
    async fn list(&self, since: DateTime<Utc>) -> Result<Vec<Removal>, StoreError> {
        let sql = "SELECT task_id, entity_ref, event_id, correlation_id, removed_at, heard_at, state, \
             confirmed_by_issuer, confirmed_by_subject FROM scaffold_task_removals \
             WHERE state <> 'done' OR done_at > $1 ORDER BY removed_at, task_id";
        let rows = self.database.fetch_all(Query::new(sql).bind(since)).await.map_err(store_error)?;
        rows.iter().map(read).collect()
    }

    async fn services(&self) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) AS services FROM scaffold_tasks task \
             WHERE task.status = 'completed' AND task.deleted_at IS NULL \
             AND EXISTS (SELECT 1 FROM scaffold_task_entities made WHERE made.task_id = task.id)";
        let row = self.database.fetch_optional(Query::new(sql)).await.map_err(store_error)?;
        let services = row.map(|row| row.get::<i64>("services")).transpose().map_err(store_error)?;
        Ok(u64::try_from(services.unwrap_or_default()).unwrap_or_default())
    }

    async fn hold(&self) -> Result<u64, StoreError> {
        self.execute(Query::new("UPDATE scaffold_task_removals SET state = 'held' WHERE state = 'waiting'")).await
    }

    async fn confirm(&self, by: &Actor) -> Result<u64, StoreError> {
        let columns = Columns::new()
            .set("state", "confirmed")
            .set("confirmed_by_issuer", by.issuer.as_str())
            .set("confirmed_by_subject", by.subject.as_str());
        self.execute(columns.update(REMOVALS.name, Filter::new().raw("state IN ('waiting', 'held')"))).await
    }

    async fn discard(&self) -> Result<u64, StoreError> {
        self.execute(Query::new("DELETE FROM scaffold_task_removals WHERE state IN ('waiting', 'held')")).await
    }

    async fn forget(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let sql = "DELETE FROM scaffold_task_removals WHERE state = 'done' AND done_at < $1";
        self.execute(Query::new(sql).bind(before)).await
    }
}

fn read(row: &Row) -> Result<Removal, StoreError> {
    let row = REMOVALS.row(row);
    Ok(Removal {
        task: TaskId::new(row.get("task_id")?),
        entity_ref: row.parse("entity_ref", |text: String| text.parse::<EntityRef>())?,
        event_id: row.get("event_id")?,
        correlation_id: row.get("correlation_id")?,
        removed_at: row.get("removed_at")?,
        heard_at: row.get("heard_at")?,
        state: state(row)?,
    })
}

fn state(row: StoredRow<'_>) -> Result<RemovalState, StoreError> {
    let confirmed_by = match row.get("confirmed_by_issuer")? {
        Some(issuer) => Some(Actor { issuer, subject: row.get("confirmed_by_subject")? }),
        None => None,
    };
    row.parse("state", |state: String| match (state.as_str(), confirmed_by) {
        ("waiting", _) => Ok(RemovalState::Waiting),
        ("held", _) => Ok(RemovalState::Held),
        ("confirmed", Some(person)) => Ok(RemovalState::Confirmed(person)),
        ("confirmed", None) => Err("it is confirmed, but nobody is named who did that".to_owned()),
        ("done", person) => Ok(RemovalState::Done { confirmed: person.is_some() }),
        (other, _) => Err(format!("`{}` is no state; expected waiting, held, confirmed or done", excerpt(other))),
    })
}
