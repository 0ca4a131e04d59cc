//! The log port: an ordered, partitioned, durable log that any number of groups read.
//!
//! Two adapters keep the same promises, and one conformance suite holds them to it:
//!
//! - A record that [`Log::publish`] reports as `Ok` is durable.
//! - Records of one key stand in one partition, in the order of their publishing.
//! - Each group reads every record at least once, whatever other groups do; after a restart it
//!   goes on from its committed positions.
//! - Nothing creates a topic but [`Log::change_topic`].

mod assignment;
mod error;

use async_trait::async_trait;
use tokio::sync::watch;

pub use self::assignment::{Assignment, Membership};
pub use self::error::{BoxError, LogError, PublishError};
use super::record::{NewRecord, Position, Record};
pub use super::subscription::{Start, Subscription, SubscriptionError};
use super::topics::{self, TopicChange, TopicInfo, TopicSpec};
use crate::database::{Database, DatabaseError, Transaction};

/// A log. Adapters are cheap to share (`Arc<dyn Log>`) and live as long as the process.
#[async_trait]
pub trait Log: Send + Sync {
    /// Publishes records and answers for each of them, in the same order. `Ok` means durable.
    ///
    /// Order is kept per key among the records of one call, and between calls when the second
    /// starts after the first has answered. After a transient failure no later record of that key
    /// in the call is published, so that who retries all that failed, in order, keeps the order. A
    /// permanent failure is that record's alone and holds up no others.
    ///
    /// A record whose failure is transient may have reached the log all the same: delivery is
    /// at least once. The call ends within a bound even if the log is away. Dropping the future
    /// does not take back what was already handed over.
    async fn publish(&self, records: Vec<NewRecord>) -> Vec<Result<(), PublishError>>;

    /// Joins a consumer group. A log that is away is no error here: the subscriber waits for it.
    async fn subscribe(&self, subscription: &Subscription) -> Result<Box<dyn Subscriber>, LogError>;

    /// All topics but the log's internal ones, in order of their names.
    async fn topics(&self) -> Result<Vec<TopicInfo>, LogError>;

    /// Makes one change to a topic. A change that has been made already is no error.
    async fn change_topic(&self, change: &TopicChange) -> Result<(), LogError>;

    /// Brings the topics into the wanted state, as far as [`topics::plan`] allows, and answers with
    /// what it changed.
    async fn apply_topics(&self, wanted: &[TopicSpec]) -> Result<Vec<TopicChange>, LogError> {
        let changes = topics::plan(&self.topics().await?, wanted)?;
        for change in &changes {
            self.change_topic(change).await?;
        }
        Ok(changes)
    }

    /// Whether the log answers now; for health. Ends within a few seconds.
    async fn check(&self) -> Result<(), LogError>;

    /// The log as one that takes records in a transaction of this database, if it lives there.
    fn within(&self, _database: &Database) -> Option<&dyn TransactionalLog> {
        None
    }
}

/// A log that lives in a database, and can therefore take records together with other writes.
#[async_trait]
pub trait TransactionalLog: Send + Sync {
    /// Like [`Log::publish`], but durable only once `work` is committed.
    async fn append(
        &self,
        work: &mut Transaction,
        records: &[NewRecord],
    ) -> Result<Vec<Result<(), PublishError>>, DatabaseError>;

    /// Tells readers of this process to look, after the commit.
    fn appended(&self);
}

/// A member of a consumer group.
///
/// Partitions come and go while it lives, as members join and leave; [`Subscriber::assignment`]
/// shows which it holds. Dropping a subscriber leaves the group too, some time later and without
/// waiting; [`Subscriber::close`] does it properly.
#[async_trait]
pub trait Subscriber: Send {
    /// Waits for the next record: in order within a partition, and only of partitions that are
    /// held when it returns. No outage of the log ends the wait.
    ///
    /// Cancel safe: no record is lost when the future is dropped before it is ready.
    async fn next(&mut self) -> Result<Record, LogError>;

    /// Says how far the group has come. Commit a position only when the effect of all records
    /// before it is durable: what is committed is never read again by the group.
    ///
    /// It returns quickly; positions are durable within about a second, and when the subscriber
    /// closes or gives up the partition. Positions of partitions that are not held any more are
    /// left out: the next holder reads those records again, and the inbox recognises them.
    async fn commit(&mut self, positions: &[Position]) -> Result<(), LogError>;

    /// What this subscriber holds, and how it stands with its group. The receiver stays valid
    /// after the subscriber is closed and then shows [`Membership::Closed`].
    ///
    /// Work on a record should stop when its partition is not held any more (or is held in
    /// another epoch): from then on, another member reads it again.
    fn assignment(&self) -> watch::Receiver<Assignment>;

    /// Makes committed positions durable and leaves the group. Ends within a bound (seconds) whatever
    /// the log does; [`LogError::CloseTimedOut`] says that it was reached.
    async fn close(self: Box<Self>) -> Result<(), LogError>;
}
