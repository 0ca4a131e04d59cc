//! The embedded log: the suite that both adapters pass, and what only this one promises.

use std::sync::Arc;

use bytes::Bytes;
use heimdall::messaging::conformance::{self, Stage};
use heimdall::messaging::embedded::{EmbeddedConfig, EmbeddedLog};
use heimdall::messaging::log::{Log, LogError, Subscription};
use heimdall::messaging::record::{Headers, NewRecord};
use heimdall::messaging::topics::{Retention, TopicSpec};
use heimdall::testing::{ManualClock, TestDatabase};

/// Large records are taken, and topics are made on purpose only, as on Kafka.
const AS_KAFKA: EmbeddedConfig =
    EmbeddedConfig { create_topics: false, partitions: 3, retention_ms: 604_800_000, max_record_bytes: 1_048_576 };

async fn on_embedded(name: &str, check: impl AsyncFnOnce(&Stage<'_>)) {
    let database = TestDatabase::sqlite().await;
    let log = open(&database, AS_KAFKA);
    check(&Stage::new(&log, name.replace('_', "-"))).await;
}

fn open(database: &TestDatabase, config: EmbeddedConfig) -> EmbeddedLog {
    EmbeddedLog::new((**database).clone(), Arc::new(ManualClock::default()), config).unwrap()
}

mod suite {
    super::super::conformance::conformance! { super::on_embedded }
}

fn record(topic: &str, payload: impl Into<Bytes>) -> NewRecord {
    NewRecord {
        topic: topic.to_owned(),
        key: Some(Bytes::from_static(b"key")),
        headers: Headers::new(),
        payload: Some(payload.into()),
    }
}

#[tokio::test]
async fn durable_records_are_there_after_the_file_is_opened_again() {
    let database = TestDatabase::sqlite().await;
    conformance::acknowledged_is_durable(&Stage::new(&open(&database, AS_KAFKA), "again")).await;
    let reopened = database.reopen().await;
    let log = EmbeddedLog::new(reopened, Arc::new(ManualClock::default()), AS_KAFKA).unwrap();
    conformance::durable_records_are_there(&Stage::new(&log, "again")).await;
}

#[tokio::test]
async fn publishing_makes_topics_where_that_is_wanted() {
    let database = TestDatabase::sqlite().await;
    let log = open(&database, EmbeddedConfig::default());
    let subscription = Subscription::new("readers", ["made.*".parse().unwrap()]).unwrap();
    let mut reader = log.subscribe(&subscription).await.unwrap();
    assert!(log.publish(vec![record("made.now", "x")]).await[0].is_ok());
    assert_eq!(reader.next().await.unwrap().topic, "made.now");
    assert_eq!(log.topics().await.unwrap()[0].partitions, 3);
}

#[tokio::test]
async fn a_record_of_another_process_is_noticed() {
    let database = TestDatabase::sqlite().await;
    let log = open(&database, EmbeddedConfig::default());
    let other = EmbeddedLog::new(database.reopen().await, Arc::new(ManualClock::default()), EmbeddedConfig::default());
    let subscription = Subscription::new("readers", ["made.*".parse().unwrap()]).unwrap();
    let mut reader = log.subscribe(&subscription).await.unwrap();
    assert!(other.unwrap().publish(vec![record("made.there", "x")]).await[0].is_ok());
    assert_eq!(reader.next().await.unwrap().topic, "made.there");
}

#[tokio::test]
async fn old_records_go_and_new_ones_keep_their_offsets() {
    let database = TestDatabase::sqlite().await;
    let clock = ManualClock::default();
    let open = || EmbeddedLog::new((*database).clone(), Arc::new(clock.clone()), AS_KAFKA).unwrap();
    let log = open();
    let hour = Retention::For(std::time::Duration::from_hours(1));
    log.apply_topics(&[TopicSpec::new("short", 1).unwrap().retention(hour)]).await.unwrap();
    let answers = log.publish((0..1_200).map(|number| record("short", number.to_string())).collect()).await;
    assert!(answers.iter().all(Result::is_ok));
    clock.advance(chrono::TimeDelta::minutes(61));
    assert!(log.publish(vec![record("short", "new")]).await[0].is_ok());
    drop(log);

    // A log that is opened trims at once.
    let log = open();
    log.subscribe(&Subscription::new("first", ["short".parse().unwrap()]).unwrap()).await.unwrap();
    let count = || heimdall::database::Query::new("SELECT count(*) AS n FROM heimdall_log_record");
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    while database.fetch_all(count()).await.unwrap()[0].get::<i64>("n").unwrap() != 1 {
        assert!(tokio::time::Instant::now() < deadline, "old records are still there");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mut reader = log.subscribe(&Subscription::new("readers", ["short".parse().unwrap()]).unwrap()).await.unwrap();
    let left = reader.next().await.unwrap();
    assert_eq!((left.offset, left.payload.as_deref()), (1_200, Some(b"new".as_slice())));
}

#[tokio::test]
async fn postgres_is_refused() {
    let config = heimdall::database::DatabaseConfig::at("postgres://nobody@127.0.0.1:1/nothing");
    let database = heimdall::database::Database::connect(&config).await.unwrap();
    let error = EmbeddedLog::new(database, Arc::new(ManualClock::default()), EmbeddedConfig::default()).err();
    assert!(matches!(error, Some(LogError::Refused { .. })), "{error:?}");
}
