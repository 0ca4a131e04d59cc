//! Kafka is not there: nothing hangs, nothing ends the process.

use std::time::{Duration, Instant};

use bytes::Bytes;
use heimdall::messaging::kafka::{KafkaConfig, KafkaLog};
use heimdall::messaging::log::{Log, LogError, Membership, PublishError, Subscription};
use heimdall::messaging::record::{Headers, NewRecord};

/// Long against the bounds that are set here (1 s), short against librdkafka's own (minutes).
const BOUND: Duration = Duration::from_secs(20);

fn nowhere() -> KafkaLog {
    // Port 1 of the loopback address answers nobody.
    let brokers = "127.0.0.1:1".to_owned();
    let config =
        KafkaConfig { brokers, publish_timeout_seconds: 1, close_timeout_seconds: 1, ..KafkaConfig::default() };
    KafkaLog::new(config).unwrap()
}

#[tokio::test]
async fn publishing_fails_for_now() {
    let log = nowhere();
    let started = Instant::now();
    let record = NewRecord {
        topic: "orders".into(),
        key: None,
        headers: Headers::new(),
        payload: Some(Bytes::from_static(b"x")),
    };
    let results = log.publish(vec![record]).await;
    assert!(results[0].as_ref().is_err_and(PublishError::is_transient), "{results:?}");
    assert!(matches!(log.check().await, Err(LogError::Unavailable { .. })));
    drop(log);
    assert!(started.elapsed() < BOUND, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_subscriber_waits_says_so_and_can_be_closed() {
    let log = nowhere();
    let subscription = Subscription::new("billing", ["orders.*".parse().unwrap()]).unwrap();
    let mut subscriber = log.subscribe(&subscription).await.unwrap();
    let mut assignment = subscriber.assignment();
    let away = assignment.wait_for(|now| matches!(now.membership, Membership::Away { .. }));
    let waiting = tokio::time::timeout(BOUND, away);
    tokio::select! {
        away = waiting => drop(away.expect("it says that it is away").unwrap()),
        record = subscriber.next() => panic!("there is nothing to read: {record:?}"),
    }
    let started = Instant::now();
    let closed = subscriber.close().await;
    assert!(matches!(closed, Ok(()) | Err(LogError::CloseTimedOut(_))), "{closed:?}");
    drop(log.subscribe(&subscription).await.unwrap());
    assert!(started.elapsed() < BOUND, "{:?}", started.elapsed());
}
