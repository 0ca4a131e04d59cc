//! What all of our Kafka clients have in common.

use std::thread;

use rdkafka::ClientConfig;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;

use super::KafkaConfig;
use crate::messaging::log::{Start, Subscription};

/// Sends what librdkafka has to say to `tracing`.
pub(super) struct LogContext {
    /// Whose client it is: `producer`, `admin`, or a consumer's group.
    pub(super) name: String,
}

impl LogContext {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned() }
    }
}

impl ClientContext for LogContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        use RDKafkaLogLevel::{Alert, Critical, Debug, Emerg, Error, Info, Notice, Warning};
        let client = self.name.as_str();
        match level {
            // A consumer is told about options for producers, and the other way round: we share one table.
            Warning if facility == "CONFWARN" => tracing::trace!(client, facility, "{message}"),
            // librdkafka calls a broker that is away an error; for us it is weather.
            Emerg | Alert | Critical | Error | Warning => tracing::warn!(client, facility, "{message}"),
            Notice | Info => tracing::debug!(client, facility, "{message}"),
            Debug => tracing::trace!(client, facility, "{message}"),
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(client = self.name.as_str(), %error, "{reason}");
    }
}

/// Drops a client on a thread of its own: closing one waits for the network.
pub(super) fn drop_elsewhere<T: Send + 'static>(client: T) {
    let spawned = thread::Builder::new().name("kafka-drop".to_owned()).spawn(move || drop(client));
    if let Err(error) = spawned {
        tracing::warn!(%error, "a Kafka client could not be closed on a thread of its own");
    }
}

fn common(config: &KafkaConfig) -> ClientConfig {
    let mut client = ClientConfig::new();
    client
        .set("bootstrap.servers", &config.brokers)
        .set("client.id", "heimdall")
        // Brokers close idle connections; that is no news.
        .set("log.connection.close", "false")
        .set("reconnect.backoff.max.ms", "2000")
        .set("socket.keepalive.enable", "true");
    client
}

fn with_options(client: &mut ClientConfig, config: &KafkaConfig) {
    for (name, value) in config.options.iter() {
        client.set(name, value);
    }
}

/// For requests of metadata and administration.
pub(super) fn admin(config: &KafkaConfig) -> ClientConfig {
    let mut client = common(config);
    with_options(&mut client, config);
    client
}

/// Never reorders, never loses, never gives up by itself: [`super::producer`] says when it is too late.
pub(super) fn producer(config: &KafkaConfig) -> ClientConfig {
    let mut client = common(config);
    client
        .set("linger.ms", "2")
        .set("queue.buffering.max.kbytes", "65536")
        // Partitions that were added are used within half a minute.
        .set("topic.metadata.refresh.interval.ms", "30000")
        // Keyless records spread one by one, not in runs.
        .set("sticky.partitioning.linger.ms", "0");
    with_options(&mut client, config);
    client
        .set("acks", "all")
        .set("enable.idempotence", "true")
        .set("enable.gapless.guarantee", "true")
        .set("message.timeout.ms", "0")
        .set("partitioner", "murmur2_random")
        .set("allow.auto.create.topics", "false");
    client
}

/// Stores positions only when told, and notices new topics within seconds.
pub(super) fn consumer(config: &KafkaConfig, subscription: &Subscription) -> ClientConfig {
    let mut client = common(config);
    client
        .set("auto.commit.interval.ms", "1000")
        .set("topic.metadata.refresh.interval.ms", "2000")
        // A member that was killed holds up its partitions this long.
        .set("session.timeout.ms", "10000")
        // A member hears of a rebalance with its next heartbeat, and then hands over.
        .set("heartbeat.interval.ms", "1000")
        .set("queued.max.messages.kbytes", "16384");
    with_options(&mut client, config);
    let start = match subscription.start() {
        Start::Earliest => "earliest",
        Start::Latest => "latest",
    };
    client
        .set("group.id", subscription.group())
        .set("auto.offset.reset", start)
        .set("enable.auto.commit", "true")
        .set("enable.auto.offset.store", "false")
        .set("partition.assignment.strategy", "cooperative-sticky")
        .set("allow.auto.create.topics", "false");
    client
}
