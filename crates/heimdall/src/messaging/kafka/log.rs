//! The adapter itself.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;

use super::KafkaConfig;
use super::admin::Admin;
use super::consumer::KafkaSubscriber;
use super::error::{KafkaSetupError, request_failed};
use super::producer::Publisher;
use crate::config::Section as _;
use crate::messaging::log::{Log, LogError, PublishError, Subscriber, Subscription};
use crate::messaging::record::NewRecord;
use crate::messaging::topics::{TopicChange, TopicInfo};

/// How long Kafka may take to answer a health check: less than who asks for health waits.
const CHECK: Duration = Duration::from_secs(1);

/// The log port over Kafka.
pub struct KafkaLog {
    config: RwLock<KafkaConfig>,
    publisher: Publisher,
    admin: Admin,
}

impl KafkaLog {
    /// Sets the adapter up. Kafka itself is not asked: it may be away.
    pub fn new(config: KafkaConfig) -> Result<Self, KafkaSetupError> {
        check(&config)?;
        let publisher = Publisher::new(&config)?;
        let admin = Admin::new(&config);
        Ok(Self { config: RwLock::new(config), publisher, admin })
    }

    /// Takes over other settings, such as a new password: the producer and the client that looks after topics are made
    /// anew, and who subscribes from now on does so with them. Records that are on their way fail as unavailable, to be
    /// published again. Subscribers that are there keep what they joined with: close them and subscribe again.
    ///
    /// Fails where the settings are refused, by us or by librdkafka; then all stays as it was.
    pub fn reconfigure(&self, config: KafkaConfig) -> Result<(), KafkaSetupError> {
        check(&config)?;
        self.publisher.reconfigure(&config)?;
        self.admin.reconfigure(&config);
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }
}

fn check(config: &KafkaConfig) -> Result<(), KafkaSetupError> {
    let wrong: Vec<_> = config.validate().iter().map(|wrong| format!("kafka.{wrong}")).collect();
    if wrong.is_empty() { Ok(()) } else { Err(KafkaSetupError::Settings(wrong)) }
}

#[async_trait]
impl Log for KafkaLog {
    async fn publish(&self, records: Vec<NewRecord>) -> Vec<Result<(), PublishError>> {
        self.publisher.publish(records).await
    }

    async fn subscribe(&self, subscription: &Subscription) -> Result<Box<dyn Subscriber>, LogError> {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Box::new(KafkaSubscriber::join(&config, subscription)?))
    }

    async fn topics(&self) -> Result<Vec<TopicInfo>, LogError> {
        self.admin.topics().await
    }

    async fn change_topic(&self, change: &TopicChange) -> Result<(), LogError> {
        self.admin.change(change).await
    }

    async fn check(&self) -> Result<(), LogError> {
        const OPERATION: &str = "asking Kafka whether it is there";
        let unavailable = |source| LogError::Unavailable { operation: OPERATION, source };
        let client = self.publisher.client().map_err(|error| unavailable(error.into()))?;
        // Any topic will do, and one name is a small request; that the topic may not exist is no matter.
        let asked = tokio::task::spawn_blocking(move || client.metadata("__consumer_offsets", CHECK)).await;
        match asked {
            Ok(answer) => answer.map(drop).map_err(|error| request_failed(OPERATION, error)),
            Err(error) => Err(unavailable(error.into())),
        }
    }
}
