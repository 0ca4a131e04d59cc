//! Kafka refuses a whole batch for one record: only that record is at fault.

use bytes::Bytes;
use heimdall::messaging::kafka::{KafkaConfig, KafkaLog, KafkaOptions};
use heimdall::messaging::log::{Log, Subscription};
use heimdall::messaging::record::{Headers, NewRecord};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;

use super::real::{brokers, log, prefix};

fn record(topic: &str, key: Option<&str>, payload: &str) -> NewRecord {
    NewRecord {
        topic: topic.to_owned(),
        key: key.map(|key| Bytes::copy_from_slice(key.as_bytes())),
        headers: Headers::new(),
        payload: Some(Bytes::copy_from_slice(payload.as_bytes())),
    }
}

async fn create(brokers: &str, topic: &str, setting: (&str, &str)) {
    let client: AdminClient<DefaultClientContext> =
        ClientConfig::new().set("bootstrap.servers", brokers).create().unwrap();
    let new = NewTopic::new(topic, 1, TopicReplication::Fixed(-1)).set(setting.0, setting.1);
    client.create_topics([&new], &AdminOptions::new()).await.unwrap()[0].as_ref().unwrap();
}

/// Publishes until only permanent failures are left, as a relay would; the places of those.
async fn publish(log: &dyn Log, records: &[NewRecord]) -> Vec<usize> {
    let mut open: Vec<usize> = (0..records.len()).collect();
    let mut refused = Vec::new();
    for _ in 0..20 {
        let results = log.publish(open.iter().map(|place| records[*place].clone()).collect()).await;
        let mut again = Vec::new();
        for (place, result) in open.iter().zip(results) {
            match result {
                Ok(()) => {}
                Err(error) if error.is_transient() => again.push(*place),
                Err(_) => refused.push(*place),
            }
        }
        if again.is_empty() {
            refused.sort_unstable();
            return refused;
        }
        open = again;
    }
    panic!("still open: {open:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_too_large_for_its_topic_harms_no_other() {
    let Some(brokers) = brokers() else { return };
    // Small batches: others of the same key are on their way behind the one that is refused.
    let options = KafkaOptions::default().with("batch.num.messages", "8");
    let log = KafkaLog::new(KafkaConfig { brokers: brokers.clone(), options, ..KafkaConfig::default() }).unwrap();
    let prefix = prefix("refused");
    let topic = format!("{prefix}.small");
    create(&brokers, &topic, ("max.message.bytes", "2000")).await;
    let large = "x".repeat(5000);
    // Together the small ones are too large for the topic as well, until they are sent one by one.
    let payload = |place: usize| if place % 17 == 5 { large.clone() } else { format!("{place:0200}") };
    let records: Vec<_> = (0..60).map(|place| record(&topic, Some("key"), &payload(place))).collect();
    let refused = publish(&log, &records).await;
    assert_eq!(refused, [5, 22, 39, 56]);
    let subscription = Subscription::new(prefix, [topic.parse().unwrap()]).unwrap();
    let mut subscriber = log.subscribe(&subscription).await.unwrap();
    let mut firsts = Vec::new();
    while firsts.len() < 56 {
        let payload = subscriber.next().await.unwrap().payload.unwrap();
        if !firsts.contains(&payload) {
            firsts.push(payload);
        }
    }
    let expected: Vec<_> = (0..60).filter(|place| place % 17 != 5).map(payload).collect();
    assert_eq!(firsts, expected, "first occurrences are in order");
    subscriber.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_without_a_key_is_refused_by_a_compacted_topic() {
    let Some(brokers) = brokers() else { return };
    let (log, prefix) = (log(&brokers), prefix("compacted"));
    let topic = format!("{prefix}.compacted");
    create(&brokers, &topic, ("cleanup.policy", "compact")).await;
    let records = [record(&topic, Some("a"), "1"), record(&topic, None, "2"), record(&topic, Some("a"), "3")];
    assert_eq!(publish(&log, &records).await, [1]);
}
