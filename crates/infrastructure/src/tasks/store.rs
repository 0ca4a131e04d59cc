use application::ports::{Context, IdempotencyKey, Store, StoreError, StoredReply, UnitOfWork};
use async_trait::async_trait;
use domain::{JsonObject, TaskId};

use super::resources::Resources;
use super::work::SqlWork;
use super::{replies, secrets};
use crate::errors::store_error;

/// Tasks in the database, with their history and the outbox beside them.
pub(crate) struct SqlStore {
    resources: Resources,
}

impl SqlStore {
    pub(crate) fn new(resources: Resources) -> Self {
        Self { resources }
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn begin(&self, context: Context) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(SqlWork::new(self.resources.clone(), context)))
    }

    async fn reply(&self, key: &IdempotencyKey) -> Result<Option<StoredReply>, StoreError> {
        let row = self.resources.database.fetch_optional(replies::select(key)).await.map_err(store_error)?;
        row.as_ref().map(replies::read).transpose()
    }

    fn keeps_secrets(&self) -> bool {
        self.resources.vault.has_key()
    }

    async fn secrets(&self, task: TaskId) -> Result<JsonObject, StoreError> {
        let row = self.resources.database.fetch_optional(secrets::select(task)).await.map_err(store_error)?;
        row.map_or(Ok(JsonObject::new()), |row| secrets::read(&self.resources.vault, task, &row))
    }
}
