//! Making, changing and listing topics.

use super::error::failed;
use super::inner::Inner;
use crate::database::{DatabaseError, Query, Transaction};
use crate::messaging::log::LogError;
use crate::messaging::topics::{CleanupPolicy, Retention, TopicChange, TopicInfo, TopicSpec};

impl Inner {
    pub(super) async fn topics(&self) -> Result<Vec<TopicInfo>, DatabaseError> {
        let select = "SELECT name, partitions, retention_ms, cleanup_policy FROM heimdall_log_topic ORDER BY name";
        let rows = self.database.fetch_all(Query::new(select)).await?;
        rows.iter()
            .map(|row| {
                Ok(TopicInfo {
                    name: row.get("name")?,
                    partitions: u32::try_from(row.get::<i64>("partitions")?).unwrap_or(u32::MAX),
                    retention: Retention::from_millis(row.get::<Option<i64>>("retention_ms")?.unwrap_or(-1)),
                    cleanup_policy: CleanupPolicy::parse(&row.get::<String>("cleanup_policy")?),
                })
            })
            .collect()
    }

    pub(super) async fn change_topic(&self, change: &TopicChange) -> Result<(), LogError> {
        let touched = self.apply(change).await.map_err(|error| match error {
            error if error.is_transient() => failed("changing a topic", error),
            error => LogError::Topic { topic: change.topic().to_owned(), source: error.into() },
        })?;
        if touched {
            return Ok(());
        }
        Err(LogError::Topic { topic: change.topic().to_owned(), source: "there is no such topic".into() })
    }

    /// Answers whether the topic is there (now).
    async fn apply(&self, change: &TopicChange) -> Result<bool, DatabaseError> {
        let mut work = self.database.begin().await?;
        let update = |column: &str, value: &str| {
            Query::new(format!("UPDATE heimdall_log_topic SET {column} = {value} WHERE name = $1")).bind(change.topic())
        };
        let rows = match change {
            TopicChange::Create(spec) => {
                self.create_topic(&mut work, spec).await?;
                1
            }
            TopicChange::Grow { topic, to, .. } => {
                let rows = work.execute(update("partitions", "max(partitions, $2)").bind(*to)).await?;
                if rows > 0 {
                    work.execute(add_partitions(topic, *to)).await?;
                }
                rows
            }
            TopicChange::Retention { to, .. } => work.execute(update("retention_ms", "$2").bind(millis(*to))).await?,
            TopicChange::CleanupPolicy { to, .. } => {
                work.execute(update("cleanup_policy", "$2").bind(to.as_str())).await?
            }
        };
        work.commit().await?;
        Ok(rows > 0)
    }

    pub(super) async fn create_topic(&self, work: &mut Transaction, spec: &TopicSpec) -> Result<(), DatabaseError> {
        let default = i64::try_from(self.config.retention_ms).unwrap_or(i64::MAX);
        let create = "INSERT INTO heimdall_log_topic (name, partitions, retention_ms, cleanup_policy)
             VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING";
        let create = Query::new(create)
            .bind(&*spec.name)
            .bind(spec.partitions)
            .bind(spec.retention.map_or(Some(default), millis))
            .bind(spec.cleanup_policy.unwrap_or_default().as_str());
        if work.execute(create).await? > 0 {
            work.execute(add_partitions(&spec.name, spec.partitions)).await?;
        }
        Ok(())
    }
}

fn add_partitions(topic: &str, partitions: u32) -> Query {
    let all: Vec<i64> = (0..i64::from(partitions)).collect();
    Query::new(
        "INSERT INTO heimdall_log_partition (topic, partition) SELECT $1, value FROM json_each($2) WHERE true
         ON CONFLICT (topic, partition) DO NOTHING",
    )
    .bind(topic)
    .bind(all)
}

fn millis(retention: Retention) -> Option<i64> {
    match retention {
        Retention::Forever => None,
        keep @ Retention::For(_) => Some(keep.as_millis()),
    }
}
