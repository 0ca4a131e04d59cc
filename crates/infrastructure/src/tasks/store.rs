use std::sync::Arc;

use application::Ids;
use application::ports::{Context, IdempotencyKey, Store, StoreError, StoredReply, UnitOfWork};
use async_trait::async_trait;
use domain::{JsonObject, TaskId};
use heimdall::database::{Database, Query};
use heimdall::wake::Wake;

use super::rows::unsigned;
use super::work::SqlWork;
use crate::errors::{broken, store_error};
use crate::events::Events;
use crate::vault::Vault;

/// Tasks in the database, with their history and the outbox beside them.
#[derive(Clone)]
pub(crate) struct SqlStore {
    pub(super) database: Database,
    pub(super) vault: Vault,
    pub(super) events: Arc<Events>,
    pub(super) ids: Ids,
    /// Woken after each commit that left something in the outbox.
    pub(super) wake: Wake,
}

impl SqlStore {
    pub(crate) fn new(database: Database, vault: Vault, events: Arc<Events>, ids: Ids, wake: Wake) -> Self {
        Self { database, vault, events, ids, wake }
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn begin(&self, context: Context) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(SqlWork::new(self.clone(), context)))
    }

    async fn reply(&self, key: &IdempotencyKey) -> Result<Option<StoredReply>, StoreError> {
        let query = Query::new(
            "SELECT fingerprint, status, task_id, body, answered_at FROM idempotency_keys \
             WHERE caller_issuer = $1 AND caller_subject = $2 AND route = $3 AND key = $4",
        )
        .bind(key.caller.issuer.as_str())
        .bind(key.caller.subject.as_str())
        .bind(key.route.as_str())
        .bind(key.key.as_str());
        let Some(row) = self.database.fetch_optional(query).await.map_err(store_error)? else { return Ok(None) };
        Ok(Some(StoredReply {
            fingerprint: row.get("fingerprint").map_err(store_error)?,
            status: u16::try_from(unsigned(row.get("status").map_err(store_error)?)).map_err(broken)?,
            task: TaskId::new(row.get("task_id").map_err(store_error)?),
            body: row.get("body").map_err(store_error)?,
            at: row.get("answered_at").map_err(store_error)?,
        }))
    }

    fn keeps_secrets(&self) -> bool {
        self.vault.has_key()
    }

    async fn secrets(&self, task: TaskId) -> Result<JsonObject, StoreError> {
        let query =
            Query::new("SELECT nonce, ciphertext FROM scaffold_task_secrets WHERE task_id = $1").bind(task.as_uuid());
        let Some(row) = self.database.fetch_optional(query).await.map_err(store_error)? else {
            return Ok(JsonObject::new());
        };
        let nonce: Vec<u8> = row.get("nonce").map_err(store_error)?;
        let ciphertext: Vec<u8> = row.get("ciphertext").map_err(store_error)?;
        self.vault.open(task, &nonce, ciphertext).map_err(broken)
    }
}
