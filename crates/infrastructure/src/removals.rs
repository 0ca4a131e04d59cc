//! Services that have vanished from the catalog, in a table of their own.

use application::ports::{Removal, RemovalState, Removals, StoreError, Vanished};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{Actor, EntityRef, TaskId, TaskState};
use heimdall::database::{Database, Query, Row};

use crate::errors::{broken, store_error};

/// Remembers which entities a task has made; nothing, if it has made none.
pub(crate) fn made(task: &TaskState) -> Option<Query> {
    let mut refs: Vec<_> = task.entity_refs.iter().map(ToString::to_string).collect();
    refs.sort_unstable();
    refs.dedup();
    let rows: Vec<_> = (0..refs.len()).map(|row| format!("(${}, $1)", row + 2)).collect();
    let sql = format!(
        "INSERT INTO scaffold_task_entities (entity_ref, task_id) VALUES {} ON CONFLICT (entity_ref, task_id) DO NOTHING",
        rows.join(", ")
    );
    let query = Query::new(sql).bind(task.id.as_uuid());
    (!refs.is_empty()).then(|| refs.into_iter().fold(query, Query::bind))
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
    Query::new("UPDATE scaffold_task_removals SET state = 'done', done_at = $2 WHERE task_id = $1 AND state <> 'done'")
        .bind(task.as_uuid())
        .bind(at)
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
        let sql = "UPDATE scaffold_task_removals SET state = 'confirmed', confirmed_by_issuer = $1, \
             confirmed_by_subject = $2 WHERE state IN ('waiting', 'held')";
        self.execute(Query::new(sql).bind(by.issuer.as_str()).bind(by.subject.as_str())).await
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
    let text = |column| row.get::<String>(column).map_err(store_error);
    let optional = |column| row.get::<Option<String>>(column).map_err(store_error);
    let time = |column| row.get(column).map_err(store_error);
    let person = match (optional("confirmed_by_issuer")?, optional("confirmed_by_subject")?) {
        (Some(issuer), Some(subject)) => Some(Actor { issuer, subject }),
        _ => None,
    };
    let state = match (text("state")?.as_str(), person) {
        ("waiting", _) => RemovalState::Waiting,
        ("held", _) => RemovalState::Held,
        ("confirmed", Some(person)) => RemovalState::Confirmed(person),
        ("done", person) => RemovalState::Done { confirmed: person.is_some() },
        (other, _) => return Err(broken(format!("a removal is `{other}`"))),
    };
    Ok(Removal {
        task: TaskId::new(row.get("task_id").map_err(store_error)?),
        entity_ref: text("entity_ref")?.parse().map_err(broken)?,
        event_id: text("event_id")?,
        correlation_id: optional("correlation_id")?,
        removed_at: time("removed_at")?,
        heard_at: time("heard_at")?,
        state,
    })
}
