//! The embedded log: ordered, partitioned and durable, in the application's own `SQLite` file.
//!
//! It keeps the promises of [`Log`](super::log::Log) for one process: members of a group must live in the process that
//! made the log (another process may publish). Because it lives beside the outbox, the relay moves rows into it in one
//! transaction. Topics of the policy `compact` keep all their records.

mod append;
mod config;
mod error;
mod groups;
mod inner;
mod maintain;
mod subscriber;
mod topics;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use tokio_util::task::AbortOnDropHandle;

pub use self::config::EmbeddedConfig;
use self::error::failed;
use self::inner::Inner;
use self::subscriber::EmbeddedSubscriber;
use super::log::{Log, LogError, PublishError, Subscriber, Subscription, TransactionalLog};
use super::record::NewRecord;
use super::topics::{TopicChange, TopicInfo};
use crate::clock::Clock;
use crate::database::{Database, DatabaseError, Dialect, Transaction};

/// A log in a `SQLite` database. Cheap to clone; clones are the same log, and share its groups.
#[derive(Clone)]
pub struct EmbeddedLog {
    inner: Arc<Inner>,
}

impl EmbeddedLog {
    /// The log in this database, which must be `SQLite` and migrated.
    pub fn new(database: Database, clock: Arc<dyn Clock>, config: EmbeddedConfig) -> Result<Self, LogError> {
        if database.dialect() != Dialect::Sqlite {
            let source = "the embedded log needs a SQLite database; with Postgres use log.adapter = \"kafka\"".into();
            return Err(LogError::Refused { operation: "opening the embedded log", source });
        }
        Ok(Self { inner: Arc::new(Inner::new(database, clock, config)) })
    }

    /// What has to be done now and then is done by one task, from the first use until the log is dropped.
    fn keep(&self) {
        self.inner.keeper.get_or_init(|| {
            let task = maintain::keep(Arc::downgrade(&self.inner), self.inner.look.clone());
            AbortOnDropHandle::new(tokio::spawn(task))
        });
    }
}

#[async_trait]
impl Log for EmbeddedLog {
    async fn publish(&self, records: Vec<NewRecord>) -> Vec<Result<(), PublishError>> {
        self.keep();
        if records.is_empty() {
            return Vec::new();
        }
        match self.inner.publish(&records).await {
            Ok(answers) => {
                self.appended();
                answers
            }
            Err(error) => {
                let source = Arc::new(error);
                let away = |record: &NewRecord| PublishError::Transient {
                    topic: record.topic.clone(),
                    reason: "the log's database failed",
                    source: Some(Box::new(source.clone())),
                };
                records.iter().map(|record| Err(away(record))).collect()
            }
        }
    }

    async fn subscribe(&self, subscription: &Subscription) -> Result<Box<dyn Subscriber>, LogError> {
        self.keep();
        // A database that is busy now is no error: the keeper looks again.
        if let Err(error) = self.inner.refresh_topics().await {
            tracing::debug!(%error, "the embedded log's topics can't be read yet");
        }
        Ok(Box::new(EmbeddedSubscriber::join(self.inner.clone(), subscription)))
    }

    async fn topics(&self) -> Result<Vec<TopicInfo>, LogError> {
        self.inner.topics().await.map_err(|error| failed("listing topics", error))
    }

    async fn change_topic(&self, change: &TopicChange) -> Result<(), LogError> {
        self.inner.change_topic(change).await?;
        self.inner.refresh_topics().await.map_err(|error| failed("listing topics", error))
    }

    async fn check(&self) -> Result<(), LogError> {
        self.inner.database.check().await.map_err(|error| failed("reading the database", error))
    }

    fn within(&self, database: &Database) -> Option<&dyn TransactionalLog> {
        self.inner.database.shares_file_with(database).then_some(self)
    }
}

#[async_trait]
impl TransactionalLog for EmbeddedLog {
    async fn append(
        &self,
        work: &mut Transaction,
        records: &[NewRecord],
    ) -> Result<Vec<Result<(), PublishError>>, DatabaseError> {
        self.keep();
        self.inner.append(work, records).await
    }

    fn appended(&self) {
        self.inner.appends.send_modify(|appends| *appends += 1);
        if self.inner.topic_made.swap(false, Ordering::AcqRel) {
            self.inner.look.notify_one();
        }
    }
}
