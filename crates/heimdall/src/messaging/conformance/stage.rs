//! What the checks have in common.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout_at};

use crate::messaging::log::{Log, Subscriber, Subscription};
use crate::messaging::record::{Headers, NewRecord, Record};
use crate::messaging::topics::TopicSpec;

/// How long anything may take. Passing checks don't wait for it.
const TEST_TIMEOUT: Duration = Duration::from_mins(1);

/// A log, and names for one run of one check.
pub struct Stage<'a> {
    /// The log that is checked.
    pub log: &'a dyn Log,
    prefix: String,
}

impl<'a> Stage<'a> {
    /// Topics and groups will have names that start with `prefix`, which must be new, and have neither dots nor
    /// anything else that a group's name may not have.
    pub fn new(log: &'a dyn Log, prefix: impl Into<String>) -> Self {
        Self { log, prefix: prefix.into() }
    }

    pub(super) fn topic(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }

    pub(super) fn group(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    /// Makes a topic and waits until it is there.
    pub(super) async fn create(&self, name: &str, partitions: u32) -> String {
        let topic = self.topic(name);
        let spec = TopicSpec::new(topic.clone(), partitions).unwrap();
        self.log.apply_topics(&[spec]).await.unwrap();
        eventually("the topic is listed", async || {
            self.log.topics().await.unwrap().iter().any(|t| t.name == topic && t.partitions == partitions)
        })
        .await;
        topic
    }

    /// Joins the group, reading what the patterns (without prefix) match.
    pub(super) async fn join(&self, group: &str, patterns: &[&str]) -> Member {
        self.join_as(
            Subscription::new(self.group(group), patterns.iter().map(|pattern| self.topic(pattern).parse().unwrap()))
                .unwrap(),
        )
        .await
    }

    pub(super) async fn join_as(&self, subscription: Subscription) -> Member {
        Member(self.log.subscribe(&subscription).await.unwrap())
    }

    /// Publishes records until all are acknowledged, as a relay would.
    pub(super) async fn publish(&self, records: Vec<NewRecord>) {
        let deadline = Instant::now() + TEST_TIMEOUT;
        let mut waiting = records;
        loop {
            let results = self.log.publish(waiting.clone()).await;
            assert_eq!(results.len(), waiting.len(), "one answer for each record");
            let failed: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
            assert!(failed.iter().all(|error| error.is_transient()), "not published: {failed:?}");
            if failed.is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "not published in {TEST_TIMEOUT:?}: {failed:?}");
            waiting = waiting.into_iter().zip(&results).filter(|(_, r)| r.is_err()).map(|(record, _)| record).collect();
            sleep(Duration::from_millis(100)).await;
        }
    }
}

/// A subscriber under test.
pub(super) struct Member(pub(super) Box<dyn Subscriber>);

impl Member {
    /// The next `count` records.
    pub(super) async fn read(&mut self, count: usize) -> Vec<Record> {
        let deadline = Instant::now() + TEST_TIMEOUT;
        let mut records = Vec::with_capacity(count);
        while records.len() < count {
            let Ok(next) = timeout_at(deadline, self.0.next()).await else {
                panic!("only {} of {count} records came in {TEST_TIMEOUT:?}", records.len());
            };
            match next {
                Ok(record) => records.push(record),
                Err(error) if error.is_transient() => sleep(Duration::from_millis(50)).await,
                Err(error) => panic!("reading failed: {error}"),
            }
        }
        records
    }

    /// All that comes in a time that is long against the few records that are to be excluded.
    pub(super) async fn read_for(&mut self, time: Duration) -> Vec<Record> {
        let deadline = Instant::now() + time;
        let mut records = Vec::new();
        while let Ok(Ok(record)) = timeout_at(deadline, self.0.next()).await {
            records.push(record);
        }
        records
    }

    pub(super) async fn commit(&mut self, records: &[Record]) {
        let positions: Vec<_> = records.iter().map(Record::next_position).collect();
        self.0.commit(&positions).await.unwrap();
    }

    pub(super) async fn close(self) {
        self.0.close().await.unwrap();
    }

    /// Reads until the member holds so many partitions; what came by then.
    pub(super) async fn drive(&mut self, partitions: usize) -> Vec<Record> {
        let mut read = Vec::new();
        eventually("the partitions are shared out", async || {
            read.extend(self.read_for(Duration::from_millis(100)).await);
            self.0.assignment().borrow().partitions.len() == partitions
        })
        .await;
        read
    }

    /// Waits until the member holds so many partitions.
    pub(super) async fn holds(&mut self, partitions: usize) {
        let mut assignment = self.0.assignment();
        let reached = assignment.wait_for(|a| a.is_healthy() && a.partitions.len() == partitions);
        let reached = tokio::time::timeout(TEST_TIMEOUT, reached).await.map(|held| held.map(|held| held.clone()));
        let Ok(Ok(_)) = reached else { panic!("not holding {partitions}, but {:?}", *self.0.assignment().borrow()) };
    }
}

/// A keyed record.
pub(super) fn record(topic: &str, key: &str, payload: impl Into<Bytes>) -> NewRecord {
    NewRecord {
        topic: topic.to_owned(),
        key: Some(Bytes::copy_from_slice(key.as_bytes())),
        headers: Headers::new(),
        payload: Some(payload.into()),
    }
}

/// `count` records of one key, numbered from `from`.
pub(super) fn numbered(topic: &str, key: &str, from: usize, count: usize) -> Vec<NewRecord> {
    (from..from + count).map(|number| record(topic, key, number.to_string())).collect()
}

/// The payloads as text.
pub(super) fn texts(records: &[Record]) -> Vec<String> {
    let text = |record: &Record| String::from_utf8(record.payload.clone().unwrap().to_vec()).unwrap();
    records.iter().map(text).collect()
}

/// Polls until it is so.
pub(super) async fn eventually(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + TEST_TIMEOUT;
    while !so().await {
        assert!(Instant::now() < deadline, "not within {TEST_TIMEOUT:?}: {what}");
        sleep(Duration::from_millis(50)).await;
    }
}
