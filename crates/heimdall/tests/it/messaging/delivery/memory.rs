//! A log in memory that hangs, fails and refuses when it is told to.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use heimdall::messaging::log::{Log, LogError, PublishError, Subscriber, Subscription};
use heimdall::messaging::record::NewRecord;
use heimdall::messaging::topics::{TopicChange, TopicInfo};

#[derive(Default)]
pub(super) struct MemoryLog {
    records: Mutex<Vec<NewRecord>>,
    /// Publishing never answers.
    pub(super) hangs: AtomicBool,
    /// Nothing can be published.
    pub(super) away: AtomicBool,
    /// Records of these keys fail so many times more.
    pub(super) failing: Mutex<HashMap<String, u32>>,
    /// There are no such topics.
    pub(super) missing: Mutex<HashSet<String>>,
    /// Records of these keys will never be taken.
    pub(super) refused: Mutex<Vec<String>>,
}

impl MemoryLog {
    pub(super) fn of(key: &str, records: &[NewRecord]) -> Vec<i64> {
        let of_key = records.iter().filter(|record| record.key.as_deref() == Some(key.as_bytes()));
        let number = |record: &NewRecord| {
            let event = heimdall::messaging::envelope::decode(&record.headers, record.payload.as_deref()).unwrap();
            event.data().unwrap()
        };
        of_key.map(number).collect()
    }

    pub(super) fn records(&self) -> Vec<NewRecord> {
        self.records.lock().unwrap().clone()
    }

    fn answer(&self, record: &NewRecord, failed: &mut Vec<String>) -> Result<(), PublishError> {
        let topic = record.topic.clone();
        if self.missing.lock().unwrap().contains(&topic) {
            return Err(PublishError::NoTopic { topic });
        }
        let key = String::from_utf8(record.key.clone().unwrap().to_vec()).unwrap();
        if self.refused.lock().unwrap().contains(&key) {
            return Err(PublishError::Permanent { topic, reason: "refused by the test", source: None });
        }
        let mut failing = self.failing.lock().unwrap();
        let left = failing.get_mut(&key).filter(|left| **left > 0);
        if self.away.load(Ordering::Relaxed) || failed.contains(&key) || left.is_some() {
            if let Some(left) = left.filter(|_| !failed.contains(&key)) {
                *left -= 1;
            }
            failed.push(key);
            return Err(PublishError::Transient { topic, reason: "away for the test", source: None });
        }
        self.records.lock().unwrap().push(record.clone());
        Ok(())
    }
}

#[async_trait]
impl Log for MemoryLog {
    async fn publish(&self, records: Vec<NewRecord>) -> Vec<Result<(), PublishError>> {
        if self.hangs.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        let mut failed = Vec::new();
        records.iter().map(|record| self.answer(record, &mut failed)).collect()
    }

    async fn subscribe(&self, _: &Subscription) -> Result<Box<dyn Subscriber>, LogError> {
        Err(LogError::Closed)
    }

    async fn topics(&self) -> Result<Vec<TopicInfo>, LogError> {
        Ok(Vec::new())
    }

    async fn change_topic(&self, _: &TopicChange) -> Result<(), LogError> {
        Ok(())
    }

    async fn check(&self) -> Result<(), LogError> {
        Ok(())
    }
}

pub(super) fn shared(log: &Arc<MemoryLog>) -> Arc<dyn Log> {
    log.clone()
}
