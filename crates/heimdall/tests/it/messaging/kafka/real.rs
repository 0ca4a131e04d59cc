//! Against a real Kafka.

use heimdall::ids::{Ids, TimeOrderedIds};
use heimdall::messaging::conformance::{Stage, acknowledged_is_durable, durable_records_are_there};
use heimdall::messaging::kafka::{KafkaConfig, KafkaLog};

use crate::messaging::conformance::conformance;

/// The brokers to test with, if there are any.
pub(super) fn brokers() -> Option<String> {
    heimdall::testing::server("VALKYRIE_TEST_KAFKA_BROKERS")
}

pub(super) fn log(brokers: &str) -> KafkaLog {
    KafkaLog::new(KafkaConfig { brokers: brokers.to_owned(), ..KafkaConfig::default() }).unwrap()
}

pub(super) fn prefix(name: &str) -> String {
    format!("{}-{}", name.replace('_', "-"), TimeOrderedIds.next().simple())
}

async fn on_kafka(check: &str, run: impl AsyncFnOnce(&Stage<'_>)) {
    let Some(brokers) = brokers() else { return };
    run(&Stage::new(&log(&brokers), prefix(check))).await;
}

conformance!(on_kafka);

#[tokio::test]
async fn what_is_acknowledged_outlives_the_client() {
    let Some(brokers) = brokers() else { return };
    let prefix = prefix("durable");
    acknowledged_is_durable(&Stage::new(&log(&brokers), prefix.clone())).await;
    durable_records_are_there(&Stage::new(&log(&brokers), prefix)).await;
}
