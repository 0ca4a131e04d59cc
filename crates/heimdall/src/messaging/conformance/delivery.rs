//! Order, durability, answers.

use std::collections::BTreeMap;

use super::stage::{Stage, numbered, record, texts};
use crate::messaging::log::PublishError;

/// Records of a key are read in the order in which they were published, across calls, and stand in one partition.
pub async fn order_is_kept_per_key(stage: &Stage<'_>) {
    const KEYS: usize = 7;
    const ROUNDS: usize = 40;
    let topic = stage.create("order", 4).await;
    for round in 0..ROUNDS {
        let of_round = |turn: usize| (0..KEYS).map(move |key| (key, round * 3 + turn));
        let numbers = (0..3).flat_map(of_round);
        let records = numbers.map(|(key, number)| record(&topic, &format!("key-{key}"), number.to_string()));
        stage.publish(records.collect()).await;
    }
    let mut member = stage.join("order", &["order"]).await;
    let records = member.read(KEYS * ROUNDS * 3).await;
    let mut by_key: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let mut offsets: BTreeMap<i32, i64> = BTreeMap::new();
    for record in &records {
        by_key.entry(record.key.clone()).or_default().push(record.clone());
        let before = offsets.insert(record.partition, record.offset);
        assert!(before.is_none_or(|before| before < record.offset), "offsets grow within a partition");
    }
    assert_eq!(by_key.len(), KEYS);
    for records in by_key.values() {
        let expected: Vec<_> = (0..ROUNDS * 3).map(|number| number.to_string()).collect();
        assert_eq!(texts(records), expected);
        assert!(records.iter().all(|record| record.partition == records[0].partition), "one partition per key");
    }
    member.close().await;
}

/// Publishes what [`durable_records_are_there`] looks for after the log was opened anew.
pub async fn acknowledged_is_durable(stage: &Stage<'_>) {
    let topic = stage.create("durable", 3).await;
    stage.publish(numbered(&topic, "a", 0, 50)).await;
}

/// Reads what [`acknowledged_is_durable`] published through another instance of the adapter with the same prefix.
pub async fn durable_records_are_there(stage: &Stage<'_>) {
    let mut member = stage.join("durable", &["durable"]).await;
    let expected: Vec<_> = (0..50).map(|number| number.to_string()).collect();
    assert_eq!(texts(&member.read(50).await), expected);
    member.close().await;
}

/// Each record of a call has an answer of its own, in order: an unknown topic is a matter of time, a name that no
/// topic can have is not, and neither touches the others.
pub async fn results_are_per_record(stage: &Stage<'_>) {
    let topic = stage.create("results", 2).await;
    let records = vec![
        record(&topic, "a", "1"),
        record(&stage.topic("absent"), "a", "2"),
        record("no/topic", "a", "3"),
        record(&topic, "a", "4"),
    ];
    let results = stage.log.publish(records).await;
    assert_eq!(results.len(), 4);
    assert!(results[0].is_ok(), "{:?}", results[0]);
    assert!(matches!(results[1], Err(PublishError::NoTopic { .. })), "{:?}", results[1]);
    assert!(results[2].as_ref().is_err_and(|error| !error.is_transient()), "{:?}", results[2]);
    assert!(results[3].is_ok(), "{:?}", results[3]);
    assert!(stage.log.publish(Vec::new()).await.is_empty());
    let mut member = stage.join("results", &["results"]).await;
    assert_eq!(texts(&member.read(2).await), ["1", "4"]);
    member.close().await;
}
