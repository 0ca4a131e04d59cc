use application::ports::{HistoryItem, ListedTask, LogLine, StoreError, TaskFilter, TaskQueries, Viewer};
use async_trait::async_trait;
use domain::{Actor, TaskId, TaskState};
use heimdall::database::{Database, Query, Row};
use serde_json::Value;

use super::rows::{self, unsigned};
use crate::errors::store_error;
use crate::filter::Filter;

/// Reads tasks. Each query carries who looks: what a viewer may not see, no row comes back for.
pub(crate) struct SqlTaskQueries {
    database: Database,
}

impl SqlTaskQueries {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Whether there is such a task, deleted ones included, for this viewer.
    async fn exists(&self, viewer: &Viewer, id: TaskId) -> Result<bool, StoreError> {
        let mut filter = visible(viewer);
        filter.equals("id", id.as_uuid());
        let query = filter.query("SELECT 1 AS one FROM scaffold_tasks", "");
        Ok(self.database.fetch_optional(query).await.map_err(store_error)?.is_some())
    }
}

#[async_trait]
impl TaskQueries for SqlTaskQueries {
    async fn get(&self, viewer: &Viewer, id: TaskId) -> Result<Option<TaskState>, StoreError> {
        let mut filter = visible(viewer);
        filter.equals("id", id.as_uuid());
        filter.raw("deleted_at IS NULL");
        let query = filter.query(&format!("SELECT {} FROM scaffold_tasks", rows::COLUMNS), "");
        let row = self.database.fetch_optional(query).await.map_err(store_error)?;
        row.as_ref().map(rows::read).transpose()
    }

    async fn list(&self, viewer: &Viewer, wanted: &TaskFilter) -> Result<Vec<ListedTask>, StoreError> {
        let mut filter = visible(viewer);
        filter.raw("deleted_at IS NULL");
        if !wanted.statuses.is_empty() {
            let statuses: Vec<_> = wanted.statuses.iter().map(|status| status.as_str().to_owned()).collect();
            filter.any(self.database.dialect(), "status", statuses);
        }
        filter.equals_if("template_name", wanted.template.as_deref());
        filter.equals_if("account_identifier", wanted.account.as_deref());
        filter.equals_if("created_by_subject", wanted.created_by.as_deref());
        filter.compares_if("created_at >=", wanted.created_from);
        filter.compares_if("created_at <", wanted.created_to);
        filter.compares_if("id <", wanted.after.map(TaskId::as_uuid));
        let entities = if wanted.with_entities { ", entities" } else { "" };
        let query = filter.query(
            &format!("SELECT {}{entities} FROM scaffold_tasks", rows::COLUMNS),
            &format!("ORDER BY id DESC LIMIT {}", wanted.limit),
        );
        let rows = self.database.fetch_all(query).await.map_err(store_error)?;
        rows.iter().map(|row| listed(row, wanted.with_entities)).collect()
    }

    async fn history(
        &self,
        viewer: &Viewer,
        id: TaskId,
        after: u64,
        limit: u32,
    ) -> Result<Option<Vec<HistoryItem>>, StoreError> {
        if !self.exists(viewer, id).await? {
            return Ok(None);
        }
        let query = Query::new(format!(
            "SELECT version, event_id, type, data, actor_issuer, actor_subject, request, occurred_at \
             FROM scaffold_task_history WHERE stream = $1 AND version > $2 ORDER BY version LIMIT {limit}"
        ))
        .bind(id.as_uuid())
        .bind(i64::try_from(after).unwrap_or(i64::MAX));
        let rows = self.database.fetch_all(query).await.map_err(store_error)?;
        rows.iter().map(history_item).collect::<Result<_, _>>().map(Some)
    }

    async fn log(
        &self,
        viewer: &Viewer,
        id: TaskId,
        after: u64,
        limit: u32,
    ) -> Result<Option<Vec<LogLine>>, StoreError> {
        if !self.exists(viewer, id).await? {
            return Ok(None);
        }
        let query = Query::new(format!(
            "SELECT line, attempt, step, written_at, message FROM scaffold_task_log \
             WHERE task_id = $1 AND line > $2 ORDER BY line LIMIT {limit}"
        ))
        .bind(id.as_uuid())
        .bind(i64::try_from(after).unwrap_or(i64::MAX));
        let rows = self.database.fetch_all(query).await.map_err(store_error)?;
        rows.iter().map(log_line).collect::<Result<_, _>>().map(Some)
    }
}

/// A filter that lets through what the viewer may see.
fn visible(viewer: &Viewer) -> Filter {
    let mut filter = Filter::default();
    if !viewer.sees_all {
        filter.equals("created_by_issuer", viewer.actor.issuer.as_str());
        filter.equals("created_by_subject", viewer.actor.subject.as_str());
    }
    filter
}

fn listed(row: &Row, with_entities: bool) -> Result<ListedTask, StoreError> {
    let entities = if with_entities {
        match row.get::<Option<Value>>("entities").map_err(store_error)? {
            Some(Value::Array(entities)) => Some(entities),
            _ => Some(Vec::new()),
        }
    } else {
        None
    };
    Ok(ListedTask { task: rows::read(row)?, entities })
}

fn history_item(row: &Row) -> Result<HistoryItem, StoreError> {
    let text = |column| row.get::<String>(column).map_err(store_error);
    let id: uuid::Uuid = row.get("event_id").map_err(store_error)?;
    Ok(HistoryItem {
        id: id.to_string(),
        version: unsigned(row.get("version").map_err(store_error)?),
        name: text("type")?,
        actor: Actor { issuer: text("actor_issuer")?, subject: text("actor_subject")? },
        at: row.get("occurred_at").map_err(store_error)?,
        request: row.get("request").map_err(store_error)?,
        data: row.get("data").map_err(store_error)?,
    })
}

fn log_line(row: &Row) -> Result<LogLine, StoreError> {
    Ok(LogLine {
        line: unsigned(row.get("line").map_err(store_error)?),
        attempt: u32::try_from(row.get::<i64>("attempt").map_err(store_error)?).unwrap_or_default(),
        step: row.get("step").map_err(store_error)?,
        at: row.get("written_at").map_err(store_error)?,
        message: row.get("message").map_err(store_error)?,
    })
}
