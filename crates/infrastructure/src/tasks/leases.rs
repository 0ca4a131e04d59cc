use std::time::Duration;

use application::ports::{Lease, StoreError, TaskQueue};
use async_trait::async_trait;
use domain::TaskId;
use heimdall::database::{Columns, Database, Filter, Query, Row};

use crate::errors::store_error;
use crate::stored_row::Table;

const LEASES: Table = Table { name: "scaffold_task_leases", key: &["task_id"] };

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
    Columns::new().set_expression("epoch", "epoch", []).update(LEASES.name, held(lease)).expect_rows(1)
}

/// Ends a lease. The row stays, and with it the epoch, for as long as the task may be claimed again.
pub(super) fn release(lease: &Lease) -> Query {
    Columns::new().set("owner", "").update(LEASES.name, held(lease))
}

/// The row of this lease, while nobody else has claimed the task.
fn held(lease: &Lease) -> Filter {
    Filter::new()
        .equals("task_id", lease.task.as_uuid())
        .equals("owner", lease.owner.as_str())
        .equals("epoch", lease.epoch)
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
        rows.iter().map(|row| read(row, owner)).collect()
    }

    async fn renew(&self, lease: &Lease, ttl: Duration) -> Result<bool, StoreError> {
        let query = Columns::new()
            .set_expression("held_until", self.database.dialect().later("?"), [micros(ttl).into()])
            .update(LEASES.name, held(lease));
        Ok(self.database.execute(query).await.map_err(store_error)? == 1)
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.database.execute(release(lease)).await.map(|_| ()).map_err(store_error)
    }
}

/// A lease from its row.
fn read(row: &Row, owner: &str) -> Result<Lease, StoreError> {
    let row = LEASES.row(row);
    Ok(Lease {
        task: TaskId::new(row.get("task_id")?),
        owner: owner.to_owned(),
        epoch: row.get("epoch")?,
        claims: row.get("claims")?,
    })
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
