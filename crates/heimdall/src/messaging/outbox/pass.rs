//! One look through the outbox: read, publish, delete what the log has.

use std::collections::HashSet;
use std::time::Duration;

use thiserror::Error;
use tokio::time::Instant;

use super::backoff_table::BackoffTable;
use super::row::{COLUMNS, PendingRow};
use crate::database::{Database, DatabaseError, Query};
use crate::errors::with_causes;
use crate::messaging::log::{Log, PublishError, TransactionalLog};

/// Why a pass moved nothing more.
#[derive(Debug, Error)]
pub(super) enum PassError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("the log took none of {0} records")]
    Log(usize, #[source] PublishError),
    #[error("the log did not answer before the lease ended")]
    Hung,
}

/// What a pass did.
#[derive(Debug, Default)]
pub(super) struct Moved {
    pub(super) published: u64,
    pub(super) rejected: u64,
    /// There may be more to do at once.
    pub(super) more: bool,
}

/// What a relay leaves alone for a while.
#[derive(Default)]
pub(super) struct Waits {
    /// Keys whose first row failed, as `topic key`.
    pub(super) keys: BackoffTable,
    /// Topics that don't exist.
    pub(super) topics: BackoffTable,
}

pub(super) struct Pass<'a> {
    pub(super) database: &'a Database,
    pub(super) batch: u32,
    pub(super) max_backoff: Duration,
    pub(super) waits: &'a mut Waits,
}

impl Pass<'_> {
    /// Publishes to a log that is elsewhere: deleted only when the log has it, so that a crash between doubles but never loses.
    pub(super) async fn publish(mut self, log: &dyn Log, buckets: &[i64], until: Instant) -> Result<Moved, PassError> {
        if buckets.is_empty() {
            return Ok(Moved::default());
        }
        let rows = read(&self.database.fetch_all(self.select(Some(buckets))).await?)?;
        if rows.is_empty() {
            return Ok(Moved::default());
        }
        let records = rows.iter().map(|row| row.record.clone()).collect();
        // Past the lease these rows are another relay's to publish.
        let answers = tokio::time::timeout_at(until, log.publish(records)).await.map_err(|_| PassError::Hung)?;
        let (moved, writes) = self.settle(&rows, answers)?;
        self.database.execute_all(writes).await?;
        Ok(moved)
    }

    /// Moves rows into a log that lives in the same database: one transaction, so they are never in both or in none.
    pub(super) async fn transfer(mut self, log: &dyn TransactionalLog) -> Result<Moved, PassError> {
        // Looking costs no write lock, and mostly there is nothing.
        if self.database.fetch_optional(Query::new("SELECT seq FROM heimdall_outbox LIMIT 1")).await?.is_none() {
            return Ok(Moved::default());
        }
        let mut work = self.database.begin().await?;
        let rows = read(&work.fetch_all(self.select(None)).await?)?;
        if rows.is_empty() {
            return Ok(Moved::default());
        }
        let records: Vec<_> = rows.iter().map(|row| row.record.clone()).collect();
        let answers = log.append(&mut work, &records).await?;
        let (moved, writes) = self.settle(&rows, answers)?;
        work.execute_all(writes).await?;
        work.commit().await?;
        log.appended();
        Ok(moved)
    }

    fn select(&self, buckets: Option<&[i64]>) -> Query {
        let dialect = self.database.dialect();
        let held = dialect.any("(topic || ' ' || partition_key)", "$2");
        let missing = dialect.any("topic", "$3");
        let mine = buckets.map(|_| format!("{} AND", dialect.any("bucket", "$4"))).unwrap_or_default();
        let sql = format!(
            "SELECT {COLUMNS} FROM heimdall_outbox WHERE {mine} NOT ({held}) AND NOT ({missing}) ORDER BY seq LIMIT $1"
        );
        let query = Query::new(sql).bind(self.batch).bind(self.waits.keys.names()).bind(self.waits.topics.names());
        match buckets {
            Some(buckets) => query.bind(buckets.to_vec()),
            None => query,
        }
    }

    /// Decides about each row by the log's answer; makes the writes that say so.
    fn settle(
        &mut self,
        rows: &[PendingRow],
        answers: Vec<Result<(), PublishError>>,
    ) -> Result<(Moved, Vec<Query>), PassError> {
        let mut done = Vec::new();
        let mut writes = Vec::new();
        let (mut good, mut bad) = (HashSet::new(), HashSet::new());
        let (mut there, mut missing) = (HashSet::new(), HashSet::new());
        let mut failure = None;
        for (row, answer) in rows.iter().zip(answers) {
            match answer {
                Ok(()) => {
                    good.insert(row.ordering_key());
                    there.insert(row.record.topic.clone());
                    done.push(row.seq);
                }
                Err(PublishError::NoTopic { topic }) => {
                    missing.insert(topic);
                }
                Err(error) if error.is_transient() => {
                    bad.insert(row.ordering_key());
                    failure = Some(error);
                }
                Err(error) => {
                    tracing::error!(seq = row.seq, topic = row.record.topic, error = %with_causes(&error), "the log refused a record of the outbox for good");
                    done.push(row.seq);
                    writes.push(reject(row.seq, with_causes(&error)));
                }
            }
        }
        let rejected = writes.len() as u64;
        self.waits.topics.settle(&there, &missing, self.max_backoff);
        if done.is_empty()
            && let Some(failure) = failure
        {
            // Everything fails that has a topic: that is the log, not a key.
            return Err(PassError::Log(rows.len(), failure));
        }
        self.waits.keys.settle(&good, &bad, self.max_backoff);
        let published = done.len() as u64 - rejected;
        let more = rows.len() >= usize::try_from(self.batch).unwrap_or(usize::MAX);
        let delete = format!("DELETE FROM heimdall_outbox WHERE {}", self.database.dialect().any("seq", "$1"));
        writes.push(Query::new(delete).bind(done));
        Ok((Moved { published, rejected, more }, writes))
    }
}

fn read(rows: &[crate::database::Row]) -> Result<Vec<PendingRow>, DatabaseError> {
    rows.iter().map(PendingRow::read).collect()
}

fn reject(seq: i64, reason: String) -> Query {
    const KEPT: &str = "seq, id, topic, partition_key, content_type, traceparent, headers, payload, created_at";
    let sql = format!(
        "INSERT INTO heimdall_outbox_rejected ({KEPT}, reason) SELECT {KEPT}, $2 FROM heimdall_outbox WHERE seq = $1
         ON CONFLICT (seq) DO NOTHING"
    );
    Query::new(sql).bind(seq).bind(reason)
}
