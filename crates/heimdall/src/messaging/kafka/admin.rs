//! Topics: what there is, and changes to it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{
    AdminClient, AdminOptions, AlterConfig, ConfigResource, ConfigSource, NewPartitions, NewTopic,
    OwnedResourceSpecifier, ResourceSpecifier, TopicReplication,
};
use rdkafka::config::FromClientConfigAndContext as _;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use tokio::time::{Instant, sleep};

use super::KafkaConfig;
use super::client::{LogContext, admin, drop_elsewhere};
use super::error::request_failed;
use crate::messaging::log::LogError;
use crate::messaging::topics::{CleanupPolicy, Retention, TopicChange, TopicInfo, TopicSpec};

const LISTING: &str = "listing topics";
const RETENTION: &str = "retention.ms";
const CLEANUP: &str = "cleanup.policy";
/// How long Kafka may take for one request.
const ADMIN_TIMEOUT: Duration = Duration::from_secs(15);
/// How long to wait before looking again whether a change shows.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// How many topics' settings are asked for at once.
const TOPICS_AT_ONCE: usize = 200;

type Client = AdminClient<LogContext>;
/// How rdkafka answers for one of the things that were to be changed.
type Change<T, N> = Result<T, (N, Code)>;

/// Asks for topics and changes them, with a client that is made when it is first needed and then kept.
pub(super) struct Admin {
    config: Mutex<ClientConfig>,
    client: Mutex<Option<Arc<Client>>>,
}

impl Admin {
    pub(super) fn new(config: &KafkaConfig) -> Self {
        Self { config: Mutex::new(admin(config)), client: Mutex::new(None) }
    }

    /// The next client is made with these settings.
    pub(super) fn reconfigure(&self, config: &KafkaConfig) {
        let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        *self.config() = admin(config);
        if let Some(old) = client.take() {
            drop_elsewhere(old);
        }
    }

    fn config(&self) -> MutexGuard<'_, ClientConfig> {
        self.config.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn client(&self) -> Result<Arc<Client>, LogError> {
        let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = &*client {
            return Ok(Arc::clone(client));
        }
        let made = Client::from_config_and_context(&self.config(), LogContext::new("admin"))
            .map_err(|error| request_failed("making a client", error))?;
        Ok(Arc::clone(client.insert(Arc::new(made))))
    }

    /// All topics but Kafka's own.
    pub(super) async fn topics(&self) -> Result<Vec<TopicInfo>, LogError> {
        let client = self.client()?;
        let partitions = partitions(&client).await?;
        let names: Vec<_> = partitions.keys().map(String::as_str).collect();
        let mut topics = Vec::with_capacity(names.len());
        for names in names.chunks(TOPICS_AT_ONCE) {
            for settings in describe(&client, names).await? {
                let OwnedResourceSpecifier::Topic(name) = &settings.specifier else { continue };
                let Some(partitions) = partitions.get(name) else { continue };
                topics.push(info(name, *partitions, &settings));
            }
        }
        topics.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(topics)
    }

    /// Makes one change; one that is made already is none.
    pub(super) async fn change(&self, change: &TopicChange) -> Result<(), LogError> {
        let client = self.client()?;
        match change {
            TopicChange::Create(spec) => create(&client, spec).await,
            TopicChange::Grow { topic, to, .. } => grow(&client, topic, *to).await,
            TopicChange::Retention { topic, to, .. } => {
                configure(&client, topic, RETENTION, &to.as_millis().to_string()).await
            }
            TopicChange::CleanupPolicy { topic, to, .. } => configure(&client, topic, CLEANUP, to.as_str()).await,
        }
    }
}

impl Drop for Admin {
    fn drop(&mut self) {
        if let Some(client) = self.client.lock().unwrap_or_else(PoisonError::into_inner).take() {
            drop_elsewhere(client);
        }
    }
}

async fn partitions(client: &Arc<Client>) -> Result<BTreeMap<String, u32>, LogError> {
    let client = Arc::clone(client);
    let asked = tokio::task::spawn_blocking(move || client.inner().fetch_metadata(None, ADMIN_TIMEOUT)).await;
    let metadata = asked
        .map_err(|error| LogError::Unavailable { operation: LISTING, source: error.into() })?
        .map_err(|error| request_failed(LISTING, error))?;
    let ours = metadata.topics().iter().filter(|topic| !topic.name().starts_with("__"));
    Ok(ours
        .map(|topic| (topic.name().to_owned(), u32::try_from(topic.partitions().len()).unwrap_or(u32::MAX)))
        .collect())
}

async fn describe(client: &Client, names: &[&str]) -> Result<Vec<ConfigResource>, LogError> {
    let topics: Vec<_> = names.iter().map(|name| ResourceSpecifier::Topic(name)).collect();
    let described =
        client.describe_configs(&topics, &options()).await.map_err(|error| request_failed(LISTING, error))?;
    // A topic that was deleted meanwhile is not listed.
    let there = described.into_iter().filter(|result| !matches!(result, Err(Code::UnknownTopicOrPartition)));
    there.map(|result| result.map_err(|code| request_failed(LISTING, KafkaError::AdminOp(code)))).collect()
}

fn info(name: &str, partitions: u32, settings: &ConfigResource) -> TopicInfo {
    let value = |key| settings.get(key).and_then(|entry| entry.value.as_deref());
    TopicInfo {
        name: name.to_owned(),
        partitions,
        retention: Retention::from_millis(value(RETENTION).and_then(|millis| millis.parse().ok()).unwrap_or(-1)),
        cleanup_policy: value(CLEANUP).and_then(CleanupPolicy::parse),
    }
}

async fn create(client: &Client, spec: &TopicSpec) -> Result<(), LogError> {
    let count = i32::try_from(spec.partitions).unwrap_or(i32::MAX);
    let retention = spec.retention.map(|retention| retention.as_millis().to_string());
    // -1: as many replicas as the broker's default has it.
    let mut topic = NewTopic::new(&spec.name, count, TopicReplication::Fixed(-1));
    if let Some(retention) = &retention {
        topic = topic.set(RETENTION, retention);
    }
    if let Some(policy) = spec.cleanup_policy {
        topic = topic.set(CLEANUP, policy.as_str());
    }
    let created = client.create_topics([&topic], &options()).await;
    answer(&spec.name, created, Some(Code::TopicAlreadyExists))
}

async fn grow(client: &Arc<Client>, topic: &str, to: u32) -> Result<(), LogError> {
    // Kafka calls it an error to ask for as many partitions as there are.
    if partitions(client).await?.get(topic).is_some_and(|has| *has >= to) {
        return Ok(());
    }
    let count = usize::try_from(to).unwrap_or(usize::MAX);
    let grown = client.create_partitions([&NewPartitions::new(topic, count)], &options()).await;
    answer(topic, grown, None)
}

/// rdkafka only replaces all of a topic's own settings at once: those that are there go along. So that the next change
/// does not take an old one along, this waits until Kafka shows the new value.
async fn configure(client: &Client, topic: &str, key: &str, value: &str) -> Result<(), LogError> {
    let described = describe(client, &[topic]).await?;
    let own = described.iter().flat_map(|settings| &settings.entries);
    let own = own.filter(|entry| entry.source == ConfigSource::DynamicTopic && entry.name != key);
    let mut change = AlterConfig::new(ResourceSpecifier::Topic(topic)).set(key, value);
    for entry in own {
        if let Some(value) = &entry.value {
            change = change.set(&entry.name, value);
        }
    }
    answer(topic, client.alter_configs([&change], &options()).await, None)?;
    let shown =
        |settings: &ConfigResource| settings.get(key).is_some_and(|entry| entry.value.as_deref() == Some(value));
    let deadline = Instant::now() + ADMIN_TIMEOUT;
    while !describe(client, &[topic]).await?.iter().any(shown) {
        if Instant::now() > deadline {
            let source = format!("Kafka accepted {key}={value}, and does not show it after {ADMIN_TIMEOUT:?}").into();
            return Err(LogError::Topic { topic: topic.to_owned(), source });
        }
        sleep(LOOK_AGAIN).await;
    }
    Ok(())
}

/// What Kafka answered to a request about one topic. The code `done` says that there is nothing to do.
fn answer<T, N>(
    topic: &str,
    answer: Result<Vec<Change<T, N>>, KafkaError>,
    done: Option<Code>,
) -> Result<(), LogError> {
    let results = answer.map_err(|error| request_failed("changing a topic", error))?;
    match results.into_iter().find_map(Result::err) {
        Some((_, code)) if Some(code) != done => {
            Err(LogError::Topic { topic: topic.to_owned(), source: KafkaError::AdminOp(code).into() })
        }
        _ => Ok(()),
    }
}

fn options() -> AdminOptions {
    AdminOptions::new().request_timeout(Some(ADMIN_TIMEOUT)).operation_timeout(Some(ADMIN_TIMEOUT))
}
