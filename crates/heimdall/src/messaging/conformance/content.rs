//! What is in a record, and where it stands.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::stage::{Stage, record};
use crate::messaging::murmur2;
use crate::messaging::record::{Header, Headers, NewRecord};

/// Keys stand where Java's client would put them.
pub async fn keys_are_placed_by_murmur2(stage: &Stage<'_>) {
    let topic = stage.create("placed", 7).await;
    let keys: Vec<_> = (0..100).map(|number| format!("component:default/service-{number}")).collect();
    stage.publish(keys.iter().map(|key| record(&topic, key, key.clone())).collect()).await;
    let mut member = stage.join("placed", &["placed"]).await;
    for record in member.read(keys.len()).await {
        let key = record.key.unwrap();
        assert_eq!(record.partition, murmur2::partition(&key, 7), "{key:?}");
    }
    member.close().await;
}

/// Records without a key use more than one partition.
pub async fn keyless_records_are_spread(stage: &Stage<'_>) {
    let topic = stage.create("keyless", 3).await;
    let keyless = || NewRecord { key: None, ..record(&topic, "", "x") };
    // 100 records on one of three partitions by chance: once in 3^99.
    stage.publish((0..100).map(|_| keyless()).collect()).await;
    let mut member = stage.join("keyless", &["keyless"]).await;
    let records = member.read(100).await;
    assert!(records.iter().all(|record| record.key.is_none()));
    assert!(records.iter().map(|record| record.partition).collect::<BTreeSet<_>>().len() > 1);
    member.close().await;
}

/// A payload of 900 kB comes through as it is. One of 30 MB comes through too, or is refused for good, and harms
/// nothing beside it.
pub async fn large_payloads_are_kept(stage: &Stage<'_>) {
    let topic = stage.create("large", 1).await;
    // Not compressible, and told apart by any byte: a linear congruence.
    let noise = |seed: u32, len: usize| -> Bytes {
        let next = |state: &mut u32| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some(state.to_be_bytes()[0])
        };
        std::iter::repeat_n((), len).scan(seed, |state, ()| next(state)).collect()
    };
    let (large, larger) = (noise(1, 900_000), noise(2, 900_000));
    let records = vec![record(&topic, "a", large.clone()), record(&topic, "b", larger.clone())];
    stage.publish(records).await;
    let mut member = stage.join("large", &["large"]).await;
    let read = member.read(2).await;
    assert!(read[0].payload.as_ref() == Some(&large) && read[1].payload.as_ref() == Some(&larger));

    let records =
        vec![record(&topic, "a", "before"), record(&topic, "a", noise(3, 30_000_000)), record(&topic, "a", "after")];
    let results = stage.log.publish(records).await;
    assert!(results[0].is_ok() && results[2].is_ok(), "{results:?}");
    assert!(results[1].as_ref().err().is_none_or(|error| !error.is_transient()), "{:?}", results[1]);
    let taken = results.iter().filter(|result| result.is_ok()).count();
    let read = member.read(taken).await;
    assert_eq!(read.first().unwrap().payload.as_deref(), Some(b"before".as_slice()));
    assert_eq!(read.last().unwrap().payload.as_deref(), Some(b"after".as_slice()));
    member.close().await;
}

/// Keys, headers and payloads are kept byte for byte, and absent, null and empty stay apart.
pub async fn bytes_are_kept(stage: &Stage<'_>) {
    let topic = stage.create("bytes", 1).await;
    let every_byte: Bytes = (0..=255).collect();
    let header =
        |name: &str, value: Option<&[u8]>| Header { name: name.to_owned(), value: value.map(Bytes::copy_from_slice) };
    let headers: Headers = [
        header("plain", Some(b"text")),
        header("bytes", Some(&every_byte)),
        header("empty", Some(b"")),
        header("null", None),
        header("twice", Some(b"1")),
        header("twice", Some(b"2")),
        header("Größe ☃", Some(b"utf-8")),
    ]
    .into_iter()
    .collect();
    let new = |key: Option<&[u8]>, headers: &Headers, payload: Option<&[u8]>| NewRecord {
        topic: topic.clone(),
        key: key.map(Bytes::copy_from_slice),
        headers: headers.clone(),
        payload: payload.map(Bytes::copy_from_slice),
    };
    let none = Headers::new();
    let records = [
        new(Some(&every_byte), &headers, Some(&every_byte)),
        new(Some(b"tombstone"), &headers, None),
        new(Some(b"empty payload"), &none, Some(b"")),
        new(Some(b""), &none, Some(b"empty key")),
        new(None, &none, Some(b"no key")),
        new(None, &none, None),
    ];
    let mut member = stage.join("bytes", &["bytes"]).await;
    for record in records {
        stage.publish(vec![record.clone()]).await;
        let read = member.read(1).await.remove(0);
        assert_eq!((&read.key, &read.payload), (&record.key, &record.payload));
        assert_eq!(read.headers, record.headers);
        assert!(read.timestamp.is_some(), "the log knows when a record came");
    }
    member.close().await;
}
