use application::ports::{HistoryItem, ListedTask, LogLine, StoreError, TaskFilter, TaskQueries, Viewer};
use async_trait::async_trait;
use domain::{TaskId, TaskState};
use heimdall::database::{Database, Row};
use serde_json::Value;

use super::visibility::{existing, visible};
use super::{history, log, rows};
use crate::errors::store_error;

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
        let query = visible(viewer).equals("id", id.as_uuid()).select("SELECT 1 AS one FROM scaffold_tasks", "");
        Ok(self.database.fetch_optional(query).await.map_err(store_error)?.is_some())
    }
}

#[async_trait]
impl TaskQueries for SqlTaskQueries {
    async fn get(&self, viewer: &Viewer, id: TaskId) -> Result<Option<TaskState>, StoreError> {
        let query = existing(viewer).equals("id", id.as_uuid()).select(rows::SELECT, "");
        let row = self.database.fetch_optional(query).await.map_err(store_error)?;
        row.as_ref().map(rows::read).transpose()
    }

    async fn list(&self, viewer: &Viewer, wanted: &TaskFilter) -> Result<Vec<ListedTask>, StoreError> {
        let statuses = wanted.statuses.iter().map(|status| status.as_str().to_owned()).collect();
        let filter = existing(viewer)
            .one_of_if(self.database.dialect(), "status", statuses)
            .equals_if("template_name", wanted.template.as_deref())
            .equals_if("account_identifier", wanted.account.as_deref())
            .equals_if("created_by_subject", wanted.created_by.as_deref())
            .compares_if("created_at", ">=", wanted.created_from)
            .compares_if("created_at", "<", wanted.created_to)
            .compares_if("id", "<", wanted.after.map(TaskId::as_uuid));
        let select = if wanted.with_entities { rows::SELECT_WITH_ENTITIES } else { rows::SELECT };
        let query = filter.select(select, &format!("ORDER BY id DESC LIMIT {}", wanted.limit));
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
        let rows = self.database.fetch_all(history::select(id, after, limit)).await.map_err(store_error)?;
        rows.iter().map(history::read).collect::<Result<_, _>>().map(Some)
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
        let rows = self.database.fetch_all(log::select(id, after, limit)).await.map_err(store_error)?;
        rows.iter().map(log::read).collect::<Result<_, _>>().map(Some)
    }
}

fn listed(row: &Row, with_entities: bool) -> Result<ListedTask, StoreError> {
    let entities = if with_entities {
        let documents = |value: Option<Value>| value.map_or(Ok(Vec::new()), serde_json::from_value);
        Some(rows::TASKS.row(row).parse("entities", documents)?)
    } else {
        None
    };
    Ok(ListedTask { task: rows::read(row)?, entities })
}
