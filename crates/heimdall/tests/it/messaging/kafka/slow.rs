//! A consumer that is slower than Kafka.

use std::time::Duration;

use bytes::Bytes;
use heimdall::messaging::log::{Log, Subscription};
use heimdall::messaging::record::{Headers, NewRecord};
use heimdall::messaging::topics::TopicSpec;

use super::real::{brokers, log, prefix};

/// Reading stops for longer than the adapter waits before it pauses fetching, several times, while far more stands in
/// the topic than the adapter buffers. Nothing is lost or doubled, and the membership holds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_that_stops_for_a_while_misses_nothing() {
    const RECORDS: usize = 20_000;
    let Some(brokers) = brokers() else { return };
    let (log, prefix) = (log(&brokers), prefix("slow"));
    let topic = format!("{prefix}.slow");
    log.apply_topics(&[TopicSpec::new(topic.clone(), 1).unwrap()]).await.unwrap();
    let record = |number: usize| NewRecord {
        topic: topic.clone(),
        key: Some(Bytes::from_static(b"key")),
        headers: Headers::new(),
        payload: Some(Bytes::from(number.to_string())),
    };
    for from in (0..RECORDS).step_by(5000) {
        let mut open: Vec<_> = (from..from + 5000).map(record).collect();
        while !open.is_empty() {
            let results = log.publish(open.clone()).await;
            open =
                open.into_iter().zip(results).filter(|(_, result)| result.is_err()).map(|(record, _)| record).collect();
        }
    }
    let subscription = Subscription::new(prefix, [topic.parse().unwrap()]).unwrap();
    let mut subscriber = log.subscribe(&subscription).await.unwrap();
    let mut epochs = None;
    for number in 0..RECORDS {
        if number % 7000 == 10 {
            // This is the slow consumer, not a wait for something.
            tokio::time::sleep(Duration::from_millis(2500)).await;
        }
        let record = subscriber.next().await.unwrap();
        assert_eq!(record.payload.as_deref(), Some(number.to_string().as_bytes()));
        let now = subscriber.assignment().borrow().partitions.clone();
        assert_eq!(*epochs.get_or_insert_with(|| now.clone()), now, "the membership holds");
    }
    subscriber.close().await.unwrap();
}
