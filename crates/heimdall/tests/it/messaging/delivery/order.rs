//! Whatever is written in whatever pieces: each key comes out in order, and nothing twice or never.

use std::collections::BTreeMap;

use heimdall::messaging::log::Subscription;
use heimdall::messaging::outbox::RelayConfig;
use heimdall::testing::TestDatabase;
use proptest::prelude::*;

use super::{Running, count, eventually, message, put, quick, relay};

/// Writes these transactions (each a list of keys), relays them in batches of this size, and reads all back.
async fn through_the_log(transactions: Vec<(Vec<u8>, bool)>, batch: u32) -> Result<(), TestCaseError> {
    let database = TestDatabase::sqlite().await;
    let log = database.log();
    let running = Running::start(|shutdown| relay(&database, &log, RelayConfig { batch, ..quick() }).run(shutdown));
    let mut expected: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    let mut number = 0;
    for (keys, commits) in transactions {
        let mut work = database.begin().await.unwrap();
        let mut messages = Vec::new();
        for key in keys {
            number += 1;
            let key = format!("key-{key}");
            messages.push(message("test.order", &key, number));
            if commits {
                expected.entry(key).or_default().push(number);
            }
        }
        work.execute(put(&messages)).await.unwrap();
        if commits {
            work.commit().await.unwrap();
        } else {
            work.rollback().await.unwrap();
        }
    }
    eventually("the outbox is empty", async || count(&database, "heimdall_outbox").await == 0).await;
    running.stop().await;

    let total: usize = expected.values().map(Vec::len).sum();
    prop_assert_eq!(count(&database, "heimdall_log_record").await, i64::try_from(total).unwrap());
    let subscription = Subscription::new("readers", ["test.order".parse().unwrap()]).unwrap();
    let mut reader = log.subscribe(&subscription).await.unwrap();
    let mut read: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for _ in 0..total {
        let record = reader.next().await.unwrap();
        let event = heimdall::messaging::envelope::CloudEvent::decode(&record).unwrap();
        let key = String::from_utf8(record.key.unwrap().to_vec()).unwrap();
        read.entry(key).or_default().push(event.data().unwrap());
    }
    prop_assert_eq!(read, expected);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn each_key_keeps_its_order(
        transactions in prop::collection::vec((prop::collection::vec(0_u8..6, 1..8), prop::bool::weighted(0.8)), 1..25),
        batch in 1_u32..12,
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(through_the_log(transactions, batch))?;
    }
}
