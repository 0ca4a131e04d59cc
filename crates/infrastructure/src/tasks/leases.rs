use std::time::Duration;

use application::ports::{Lease, StoreError, TaskQueue};
use async_trait::async_trait;
use domain::TaskId;
use heimdall::database::{Database, Query};

use crate::errors::store_error;

/// Leases in a table of their own, by the database's clock. An epoch that rises with each claim fences off whoever held
/// the task before.
pub(crate) struct SqlTaskQueue {
    database: Database,
}

impl SqlTaskQueue {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }
}

/// Proves, within a batch, that the lease is still held. An expired lease that nobody else took is still held.
pub(super) fn fence(lease: &Lease) -> Query {
    Query::new("UPDATE scaffold_task_leases SET epoch = epoch WHERE task_id = $1 AND owner = $2 AND epoch = $3")
        .bind(lease.task.as_uuid())
        .bind(lease.owner.as_str())
        .bind(lease.epoch)
        .expect_rows(1)
}

/// Ends a lease. The row stays, and with it the epoch, for as long as the task may be claimed again.
pub(super) fn release(lease: &Lease) -> Query {
    Query::new("UPDATE scaffold_task_leases SET owner = '' WHERE task_id = $1 AND owner = $2 AND epoch = $3")
        .bind(lease.task.as_uuid())
        .bind(lease.owner.as_str())
        .bind(lease.epoch)
}

#[async_trait]
impl TaskQueue for SqlTaskQueue {
    async fn claim(&self, owner: &str, limit: u32, ttl: Duration) -> Result<Vec<Lease>, StoreError> {
        let dialect = self.database.dialect();
        let (now, later) = (dialect.now(), dialect.later("$2"));
        // The conflict clause decides between workers that chose the same task: only one of them gets a row back.
        let sql = format!(
            "INSERT INTO scaffold_task_leases (task_id, owner, epoch, claims, held_until) \
             SELECT task.id, $1, 1, 1, {later} FROM scaffold_tasks task \
             LEFT JOIN scaffold_task_leases lease ON lease.task_id = task.id \
             WHERE task.deleted_at IS NULL AND task.status IN ('queued', 'running', 'cancelling') \
             AND (lease.task_id IS NULL OR lease.owner = '' OR lease.held_until < {now}) \
             ORDER BY task.id LIMIT $3 \
             ON CONFLICT (task_id) DO UPDATE \
             SET owner = excluded.owner, epoch = scaffold_task_leases.epoch + 1, held_until = excluded.held_until, \
             claims = CASE WHEN scaffold_task_leases.owner = '' THEN 1 ELSE scaffold_task_leases.claims + 1 END \
             WHERE scaffold_task_leases.owner = '' OR scaffold_task_leases.held_until < {now} \
             RETURNING task_id, epoch, claims"
        );
        let query = Query::new(sql).bind(owner).bind(micros(ttl)).bind(limit);
        let rows = self.database.write_returning(query).await.map_err(store_error)?;
        rows.iter()
            .map(|row| {
                let task = TaskId::new(row.get("task_id").map_err(store_error)?);
                let epoch = row.get("epoch").map_err(store_error)?;
                Ok(Lease { task, owner: owner.to_owned(), epoch, claims: row.get("claims").map_err(store_error)? })
            })
            .collect()
    }

    async fn renew(&self, lease: &Lease, ttl: Duration) -> Result<bool, StoreError> {
        let later = self.database.dialect().later("$4");
        let query = Query::new(format!(
            "UPDATE scaffold_task_leases SET held_until = {later} WHERE task_id = $1 AND owner = $2 AND epoch = $3"
        ))
        .bind(lease.task.as_uuid())
        .bind(lease.owner.as_str())
        .bind(lease.epoch)
        .bind(micros(ttl));
        Ok(self.database.execute(query).await.map_err(store_error)? == 1)
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.database.execute(release(lease)).await.map(|_| ()).map_err(store_error)
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
