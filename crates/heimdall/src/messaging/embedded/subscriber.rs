//! A member of a group, reading.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;

use super::error::failed;
use super::inner::Inner;
use crate::database::{DatabaseError, Query, Row};
use crate::messaging::log::{Assignment, LogError, Membership, Start, Subscriber, Subscription};
use crate::messaging::outbox::headers;
use crate::messaging::record::{Position, Record, TopicPartition};

/// So many records of a partition are read at once.
const AT_ONCE: i64 = 100;
/// Records of other processes are found so late at most.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const RETRY_AFTER: Duration = Duration::from_millis(500);
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

pub(super) struct EmbeddedSubscriber {
    log: Arc<Inner>,
    subscription: Subscription,
    member: u64,
    assignment: watch::Receiver<Assignment>,
    appends: watch::Receiver<u64>,
    cursors: BTreeMap<TopicPartition, Cursor>,
    /// The partition that was served last: the others come first.
    last: Option<TopicPartition>,
    /// False while the cursors don't follow the assignment yet: `next` may be dropped in between.
    settled: bool,
}

struct Cursor {
    epoch: u64,
    /// What is to be read next from the database.
    next: i64,
    read: VecDeque<Record>,
}

impl EmbeddedSubscriber {
    pub(super) fn join(log: Arc<Inner>, subscription: &Subscription) -> Self {
        let appends = log.appends.subscribe();
        let (member, assignment) = log.groups().join(subscription);
        let subscription = subscription.clone();
        Self { log, subscription, member, assignment, appends, cursors: BTreeMap::new(), last: None, settled: false }
    }

    /// Lets go of partitions that are held no more (or in another epoch), and finds the start in new ones.
    async fn follow_assignment(&mut self) -> Result<(), DatabaseError> {
        self.settled = false;
        let assignment = self.assignment.borrow_and_update().clone();
        self.cursors.retain(|partition, cursor| assignment.epoch(partition) == Some(cursor.epoch));
        for (partition, epoch) in assignment.partitions {
            if !self.cursors.contains_key(&partition) {
                let next = self.start_of(&partition).await?;
                self.cursors.insert(partition, Cursor { epoch, next, read: VecDeque::new() });
            }
        }
        self.settled = true;
        Ok(())
    }

    async fn start_of(&self, partition: &TopicPartition) -> Result<i64, DatabaseError> {
        let group = self.subscription.group();
        if let Some(next) = self.log.groups().position(group, partition) {
            return Ok(next);
        }
        let select =
            "SELECT next_position FROM heimdall_log_group WHERE topic = $1 AND partition = $2 AND consumer_group = $3";
        let of_partition = |select: &'static str| Query::new(select).bind(&*partition.topic).bind(partition.partition);
        let mut found = self.log.database.fetch_optional(of_partition(select).bind(group)).await?;
        if found.is_none() && self.subscription.start() == Start::Latest {
            let end = "SELECT next_position FROM heimdall_log_partition WHERE topic = $1 AND partition = $2";
            found = self.log.database.fetch_optional(of_partition(end)).await?;
        }
        let next = found.map_or(Ok(0), |row| row.get("next_position"))?;
        Ok(self.log.groups().learn(group, partition, next))
    }

    /// Takes what was read, each partition in its turn.
    fn take(&mut self) -> Option<Record> {
        let after = self.last.take().map_or(Bound::Unbounded, Bound::Excluded);
        let full =
            |(partition, cursor): (&TopicPartition, &Cursor)| (!cursor.read.is_empty()).then(|| partition.clone());
        let turn = self.cursors.range((after, Bound::Unbounded)).find_map(full);
        let turn = turn.or_else(|| self.cursors.iter().find_map(full))?;
        let record = self.cursors.get_mut(&turn)?.read.pop_front();
        self.last = Some(turn);
        record
    }

    /// Reads more of each partition that has more.
    async fn fill(&mut self) -> Result<bool, DatabaseError> {
        let ends = Query::new("SELECT topic, partition, next_position FROM heimdall_log_partition");
        let mut any = false;
        for row in self.log.database.fetch_all(ends).await? {
            let partition = TopicPartition::new(row.get::<String>("topic")?, small(row.get("partition")?));
            let end: i64 = row.get("next_position")?;
            let Some(cursor) = self.cursors.get_mut(&partition).filter(|cursor| cursor.next < end) else { continue };
            let select = "SELECT position, key, headers, payload, timestamp FROM heimdall_log_record
                 WHERE topic = $1 AND partition = $2 AND position >= $3 ORDER BY position LIMIT $4";
            let select = Query::new(select).bind(&*partition.topic).bind(partition.partition);
            let rows = self.log.database.fetch_all(select.bind(cursor.next).bind(AT_ONCE)).await?;
            let records = rows.iter().map(|row| record(&partition, row)).collect::<Result<Vec<_>, _>>()?;
            // None at all: what stood there was older than the retention.
            cursor.next = records.last().map_or(end, |last| last.offset + 1);
            any |= !records.is_empty();
            cursor.read.extend(records);
        }
        Ok(any)
    }

    async fn away(&mut self, error: DatabaseError) {
        tracing::warn!(%error, group = self.subscription.group(), "the embedded log can't be read; trying again");
        self.log.groups().set_away(self.subscription.group(), self.member, Some(error.to_string()));
        tokio::time::sleep(RETRY_AFTER).await;
    }

    fn here(&self) {
        if matches!(self.assignment.borrow().membership, Membership::Away { .. }) {
            self.log.groups().set_away(self.subscription.group(), self.member, None);
        }
    }
}

#[async_trait]
impl Subscriber for EmbeddedSubscriber {
    async fn next(&mut self) -> Result<Record, LogError> {
        loop {
            if (!self.settled || self.assignment.has_changed().unwrap_or(true))
                && let Err(error) = self.follow_assignment().await
            {
                self.away(error).await;
                continue;
            }
            if let Some(record) = self.take() {
                return Ok(record);
            }
            self.appends.mark_unchanged();
            match self.fill().await {
                Ok(more) => {
                    self.here();
                    if more {
                        continue;
                    }
                }
                Err(error) => {
                    self.away(error).await;
                    continue;
                }
            }
            tokio::select! {
                _ = self.assignment.changed() => self.settled = false,
                _ = self.appends.changed() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    async fn commit(&mut self, positions: &[Position]) -> Result<(), LogError> {
        self.log.groups().commit(self.subscription.group(), self.member, positions);
        Ok(())
    }

    fn assignment(&self) -> watch::Receiver<Assignment> {
        self.assignment.clone()
    }

    async fn close(self: Box<Self>) -> Result<(), LogError> {
        self.log.groups().leave(self.subscription.group(), self.member);
        match tokio::time::timeout(CLOSE_WITHIN, self.log.write_positions()).await {
            Ok(outcome) => outcome.map_err(|error| failed("writing positions", error)),
            Err(_elapsed) => Err(LogError::CloseTimedOut(CLOSE_WITHIN)),
        }
    }
}

impl Drop for EmbeddedSubscriber {
    fn drop(&mut self) {
        self.log.groups().leave(self.subscription.group(), self.member);
        self.log.look.notify_one();
    }
}

fn record(partition: &TopicPartition, row: &Row) -> Result<Record, DatabaseError> {
    Ok(Record {
        topic: partition.topic.clone(),
        partition: partition.partition,
        offset: row.get("position")?,
        key: row.get::<Option<Vec<u8>>>("key")?.map(Into::into),
        headers: headers::from_json(&row.get("headers")?),
        payload: row.get::<Option<Vec<u8>>>("payload")?.map(Into::into),
        timestamp: Some(row.get("timestamp")?),
    })
}

fn small(partition: i64) -> i32 {
    i32::try_from(partition).unwrap_or(i32::MAX)
}
