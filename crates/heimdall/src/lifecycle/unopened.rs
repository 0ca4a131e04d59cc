use async_trait::async_trait;

use crate::messaging::{
    log::{Log, LogError, PublishError, Subscriber, Subscription},
    record::NewRecord,
    topics::{TopicChange, TopicInfo},
};

const REASON: &str = "the log is not opened: the program is only described";

/// The log of a service that is only described. It says so to whoever asks it for anything.
pub(super) struct UnopenedLog;

#[async_trait]
impl Log for UnopenedLog {
    async fn publish(&self, records: Vec<NewRecord>) -> Vec<Result<(), PublishError>> {
        let refused = |record: NewRecord| PublishError::Permanent { topic: record.topic, reason: REASON, source: None };
        records.into_iter().map(|record| Err(refused(record))).collect()
    }

    async fn subscribe(&self, _: &Subscription) -> Result<Box<dyn Subscriber>, LogError> {
        Err(refused("subscribing"))
    }

    async fn topics(&self) -> Result<Vec<TopicInfo>, LogError> {
        Err(refused("listing topics"))
    }

    async fn change_topic(&self, _: &TopicChange) -> Result<(), LogError> {
        Err(refused("changing a topic"))
    }

    async fn check(&self) -> Result<(), LogError> {
        Err(refused("asking the log"))
    }
}

fn refused(operation: &'static str) -> LogError {
    LogError::Refused { operation, source: REASON.into() }
}
