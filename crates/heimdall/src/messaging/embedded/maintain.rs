//! What the log does now and then: notice topics, write positions, drop what is older than the retention.

use std::sync::{Arc, Weak};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::inner::Inner;
use crate::database::{DatabaseError, Query};
use crate::messaging::topics::{CleanupPolicy, Retention, TopicInfo};

const EVERY: Duration = Duration::from_millis(500);
const TRIM_EVERY: Duration = Duration::from_mins(1);
/// So many records are dropped in one transaction, so that writers never wait long.
const TRIM_AT_ONCE: i64 = 500;

pub(super) async fn keep(log: Weak<Inner>, look: Arc<Notify>) {
    let mut trim_at = Instant::now();
    loop {
        let Some(log) = log.upgrade() else { return };
        let mut outcome = log.refresh_topics().await;
        outcome = outcome.and(log.write_positions().await);
        if Instant::now() >= trim_at {
            trim_at = Instant::now() + TRIM_EVERY;
            outcome = outcome.and(log.trim().await);
        }
        if let Err(error) = outcome {
            tracing::warn!(%error, "the embedded log's upkeep failed; it is tried again");
        }
        drop(log);
        tokio::select! {
            () = look.notified() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

impl Inner {
    pub(super) async fn refresh_topics(&self) -> Result<(), DatabaseError> {
        let select = Query::new("SELECT name, partitions FROM heimdall_log_topic");
        let rows = self.database.fetch_all(select).await?;
        let topic = |row: &crate::database::Row| {
            let partitions = i32::try_from(row.get::<i64>("partitions")?).unwrap_or(i32::MAX);
            Ok((row.get::<String>("name")?, partitions))
        };
        let topics = rows.iter().map(topic).collect::<Result<_, DatabaseError>>()?;
        self.groups().set_topics(topics);
        Ok(())
    }

    pub(super) async fn write_positions(&self) -> Result<(), DatabaseError> {
        let positions = self.groups().take_unwritten();
        if positions.is_empty() {
            return Ok(());
        }
        let write = "INSERT INTO heimdall_log_group (consumer_group, topic, partition, next_position)
             VALUES ($1, $2, $3, $4) ON CONFLICT (consumer_group, topic, partition)
             DO UPDATE SET next_position = max(next_position, excluded.next_position)";
        let writes = positions.iter().map(|position| {
            Query::new(write)
                .bind(&*position.group)
                .bind(&*position.partition.topic)
                .bind(position.partition.partition)
                .bind(position.next)
        });
        let outcome = self.database.execute_all(writes.collect()).await;
        if outcome.is_err() {
            self.groups().put_back(positions);
        }
        outcome.map(|_| ())
    }

    /// Drops records that are older than their topic's retention.
    async fn trim(&self) -> Result<(), DatabaseError> {
        for topic in self.topics().await? {
            let TopicInfo { name, partitions, retention: Retention::For(keep), cleanup_policy } = topic else {
                continue;
            };
            if cleanup_policy == Some(CleanupPolicy::Compact) {
                continue;
            }
            let Some(before) =
                TimeDelta::from_std(keep).ok().and_then(|keep| self.clock.now().checked_sub_signed(keep))
            else {
                continue;
            };
            for partition in 0..partitions {
                // The oldest records come first, so looking at those is enough.
                let trim = Query::new(
                    "DELETE FROM heimdall_log_record WHERE rowid IN (
                         SELECT row FROM (SELECT rowid AS row, timestamp FROM heimdall_log_record
                                          WHERE topic = $1 AND partition = $2 ORDER BY position LIMIT $4)
                         WHERE timestamp < $3)",
                );
                let trim = trim.bind(&*name).bind(partition).bind(before).bind(TRIM_AT_ONCE);
                while self.database.execute(trim.clone()).await? == TRIM_AT_ONCE.unsigned_abs() {
                    tokio::task::yield_now().await;
                }
            }
        }
        Ok(())
    }
}
