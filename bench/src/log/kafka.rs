//! The log on Kafka, with the outbox and the inbox on Postgres.

use std::sync::Arc;

use anyhow::{Context, Result};
use heimdall::messaging::kafka::{KafkaConfig, KafkaLog};
use heimdall::messaging::log::Log;
use heimdall::messaging::topics::TopicSpec;
use heimdall::testing::TestDatabase;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use uuid::Uuid;

use super::{bare, read, relay, samples};
use crate::figure::Figure;
use crate::turns::Comparison;

const BROKERS: &str = "VALKYRIE_TEST_KAFKA_BROKERS";
const PARTITIONS: u32 = 6;
const ROUNDS: usize = 5;
/// Events of a round of the relay.
const RELAYED: usize = 50_000;
/// Records of a round of reading, and so many times what the relay moves in a round.
const READ: usize = 4 * RELAYED;
/// Records of a round of the consumer, each of which is a transaction.
const CONSUMED: u64 = 5_000;

/// The brokers that the environment names.
pub(crate) fn brokers() -> Result<String> {
    let brokers = std::env::var(BROKERS).ok().filter(|brokers| !brokers.is_empty());
    brokers.with_context(|| format!("{BROKERS} is not set: run `cargo xtask bench`"))
}

/// Measures on the brokers that the environment names.
pub(super) async fn measure() -> Result<Vec<Figure>> {
    let brokers = brokers()?;
    let database = TestDatabase::postgres().await.context("there is no Postgres: run `cargo xtask bench log`")?;
    let config = KafkaConfig { brokers: brokers.clone(), ..KafkaConfig::default() };
    let log: Arc<dyn Log> = Arc::new(KafkaLog::new(config)?);
    let run = Uuid::new_v4().simple().to_string();
    let [relayed, produced, full] = ["relayed", "produced", "read"].map(|name| format!("bench.{run}.{name}"));
    let topics = [&relayed, &produced, &full].map(|name| TopicSpec::new(name, PARTITIONS));
    log.apply_topics(&topics.into_iter().collect::<Result<Vec<_>, _>>()?).await?;

    let messages = samples::messages(&relayed, RELAYED)?;
    let records = Arc::new(samples::records(&messages)?);
    let produce = async |topic: &str| {
        let (brokers, topic, records) = (brokers.clone(), topic.to_owned(), records.clone());
        tokio::task::spawn_blocking(move || bare::produce(&brokers, &topic, &records)).await?
    };
    let consume = async || {
        let (brokers, topic) = (brokers.clone(), full.clone());
        tokio::task::spawn_blocking(move || bare::consume(&brokers, &topic, READ)).await?
    };
    relay::drain(&database, log.clone(), &messages[..RELAYED / 10]).await?;
    for _ in 0..READ / RELAYED {
        produce(&full).await?;
    }

    let unit = "events/s";
    let outbox = Comparison { name: "outbox on Postgres to Kafka", unit, baseline: "bare idempotent rdkafka producer" };
    let reading = Comparison { name: "Kafka to subscriber", unit, baseline: "bare rdkafka consumer" };
    let consuming =
        Comparison { name: "Kafka to consumer, inbox on Postgres", unit, baseline: "bare rdkafka consumer" };
    let figures = vec![
        outbox
            .in_turn(
                ROUNDS,
                async || relay::drain(&database, log.clone(), &messages).await,
                async || produce(&produced).await,
            )
            .await?,
        reading.in_turn(ROUNDS, async || read::subscribe(&*log, &full, READ).await, consume).await?,
        consuming
            .in_turn(ROUNDS, async || read::consume(&database, log.clone(), &full, CONSUMED).await, consume)
            .await?,
    ];
    remove(&brokers, &[&relayed, &produced, &full]).await?;
    Ok(figures)
}

/// Somebody's brokers keep nothing of this.
async fn remove(brokers: &str, topics: &[&str]) -> Result<()> {
    let admin: AdminClient<DefaultClientContext> = ClientConfig::new().set("bootstrap.servers", brokers).create()?;
    for removed in admin.delete_topics(topics, &AdminOptions::new()).await? {
        removed.map_err(|(topic, code)| anyhow::anyhow!("the topic {topic} can't be removed: {code}"))?;
    }
    Ok(())
}
