//! The relay, to a log that is elsewhere.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use heimdall::clock::{Clock as _, SystemClock};
use heimdall::database::Query;
use heimdall::messaging::outbox::{Relay, RelayConfig};
use heimdall::testing::TestDatabase;
use heimdall::wake::Wake;

use super::memory::{MemoryLog, shared};
use super::{Running, TOPIC, count, eventually, message, on_both, put, quick, relay};

on_both! {
    what_commits_is_published_and_deleted
    a_long_transaction_holds_up_nobody_and_is_not_skipped
    a_key_that_fails_keeps_its_order_and_others_go_on
    a_missing_topic_holds_up_its_own_rows_and_no_others
    a_missing_topic_is_no_matter_when_none_of_its_rows_are_left
    what_the_log_refuses_is_set_aside_with_its_reason
    an_outage_of_the_log_loses_nothing
    relays_share_the_buckets
    a_relay_that_hangs_is_replaced_when_its_lease_ends
    a_relay_that_ends_gives_its_buckets_away
    a_writer_wakes_the_relay
}

async fn drained(database: &TestDatabase) {
    eventually("the outbox is empty", async || count(database, "heimdall_outbox").await == 0).await;
}

async fn what_commits_is_published_and_deleted(database: &TestDatabase) {
    let log = Arc::new(MemoryLog::default());
    let mut lost = database.begin().await.unwrap();
    lost.execute(put(&[message(TOPIC, "a", 99)])).await.unwrap();
    lost.rollback().await.unwrap();
    let mut first = message(TOPIC, "a", 1);
    first
        .headers
        .push(("traceparent".to_owned(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()));
    first.headers.push(("tracestate".to_owned(), "a=1".to_owned()));
    database.execute(put(&[first, message(TOPIC, "b", 2), message(TOPIC, "a", 3)])).await.unwrap();

    let running = Running::start(|shutdown| relay(database, &shared(&log), quick()).run(shutdown));
    drained(database).await;
    running.stop().await;
    let records = log.records();
    assert_eq!((MemoryLog::of("a", &records), MemoryLog::of("b", &records)), (vec![1, 3], vec![2]));
    let first = &records[0];
    assert_eq!(first.topic, TOPIC);
    assert_eq!(first.headers.text("content-type"), Some("application/cloudevents+json; charset=UTF-8"));
    assert!(first.headers.text("traceparent").unwrap().starts_with("00-0af7"));
    assert_eq!(first.headers.text("tracestate"), Some("a=1"));
}

async fn a_long_transaction_holds_up_nobody_and_is_not_skipped(database: &TestDatabase) {
    let log = Arc::new(MemoryLog::default());
    let running = Running::start(|shutdown| relay(database, &shared(&log), quick()).run(shutdown));
    if database.dialect() == heimdall::database::Dialect::Postgres {
        // It takes its place in the sequence before all others, and commits after them.
        let mut slow = database.begin().await.unwrap();
        slow.execute(put(&[message(TOPIC, "slow", 1)])).await.unwrap();
        for number in 0..50 {
            database.execute(put(&[message(TOPIC, "quick", number)])).await.unwrap();
        }
        eventually("the others are published", async || log.records().len() == 50).await;
        slow.commit().await.unwrap();
    } else {
        database.execute(put(&[message(TOPIC, "slow", 1)])).await.unwrap();
    }
    eventually("the long one is too", async || MemoryLog::of("slow", &log.records()) == [1]).await;
    drained(database).await;
    running.stop().await;
}

async fn a_key_that_fails_keeps_its_order_and_others_go_on(database: &TestDatabase) {
    let log = Arc::new(MemoryLog::default());
    log.failing.lock().unwrap().insert("bad".to_owned(), 4);
    let messages: Vec<_> = (0..30).flat_map(|n| [message(TOPIC, "bad", n), message(TOPIC, "good", n)]).collect();
    database.execute(put(&messages)).await.unwrap();
    let config = RelayConfig { batch: 10, ..quick() };
    let running = Running::start(|shutdown| relay(database, &shared(&log), config).run(shutdown));
    drained(database).await;
    running.stop().await;
    let records = log.records();
    let all: Vec<i64> = (0..30).collect();
    assert_eq!((MemoryLog::of("bad", &records), MemoryLog::of("good", &records)), (all.clone(), all));
    let first_bad = records.iter().position(|record| record.key.as_deref() == Some(b"bad")).unwrap();
    assert!(first_bad > 5, "the good key did not wait for the bad one");
}

async fn a_missing_topic_holds_up_its_own_rows_and_no_others(database: &TestDatabase) {
    let log = Arc::new(MemoryLog::default());
    log.missing.lock().unwrap().insert("absent".to_owned());
    // More than one batch of them, before anything else.
    let mut messages: Vec<_> = (0..25).map(|n| message("absent", &format!("key-{}", n % 3), n)).collect();
    messages.extend((0..5).map(|n| message(TOPIC, "a", n)));
    database.execute(put(&messages)).await.unwrap();
    let moving = relay(database, &shared(&log), RelayConfig { batch: 10, ..quick() });
    let health = moving.health();
    let healthy = || health.borrow().is_healthy(SystemClock.now(), Duration::from_mins(1));
    let running = Running::start(|shutdown| moving.run(shutdown));
    eventually("the others are published", async || MemoryLog::of("a", &log.records()) == [0, 1, 2, 3, 4]).await;
    eventually("it says what is missing", async || health.borrow().missing_topics == ["absent"]).await;
    eventually("and how much waits", async || health.borrow().backlog == 25 && !health.borrow().oldest.is_zero()).await;
    assert!(health.borrow().failing.is_none() && !healthy());
    log.missing.lock().unwrap().clear();
    drained(database).await;
    eventually("it is well again", async || healthy()).await;
    running.stop().await;
    let records = log.records();
    for key in 0..3 {
        let numbers: Vec<i64> = (0..25).filter(|n| n % 3 == key).collect();
        assert_eq!(MemoryLog::of(&format!("key-{key}"), &records), numbers);
    }
}

async fn a_missing_topic_is_no_matter_when_none_of_its_rows_are_left(database: &TestDatabase) {
    let log = Arc::new(MemoryLog::default());
    log.missing.lock().unwrap().insert("absent".to_owned());
    database.execute(put(&[message("absent", "a", 1)])).await.unwrap();
    let moving = relay(database, &shared(&log), quick());
    let health = moving.health();
    let running = Running::start(|shutdown| moving.run(shutdown));
    eventually("it says what is missing", async || health.borrow().missing_topics == ["absent"]).await;
    // Another relay got the bucket and published it.
    database.execute(Query::new("DELETE FROM heimdall_outbox")).await.unwrap();
    eventually("it is well again", async || health.borrow().is_healthy(SystemClock.now(), Duration::from_mins(1)))
        .await;
    running.stop().await;
}

async fn what_the_log_refuses_is_set_aside_with_its_reason(database: &TestDatabase) {
    let log = Arc::new(MemoryLog::default());
    log.refused.lock().unwrap().push("never".to_owned());
    let messages = [message(TOPIC, "a", 1), message(TOPIC, "never", 2), message(TOPIC, "a", 3)];
    database.execute(put(&messages)).await.unwrap();
    let moving = relay(database, &shared(&log), quick());
    let health = moving.health();
    let running = Running::start(|shutdown| moving.run(shutdown));
    drained(database).await;
    running.stop().await;
    assert_eq!(MemoryLog::of("a", &log.records()), [1, 3]);
    let rejected = database.fetch_all(Query::new("SELECT * FROM heimdall_outbox_rejected")).await.unwrap();
    assert_eq!(rejected.len(), 1);
    assert_eq!(rejected[0].get::<uuid::Uuid>("id").unwrap().to_string(), messages[1].event.id);
    assert!(rejected[0].get::<String>("reason").unwrap().contains("refused by the test"));
    assert_eq!((health.borrow().moved, health.borrow().rejected), (2, 1));
}

async fn an_outage_of_the_log_loses_nothing(database: &TestDatabase) {
    let log = Arc::new(MemoryLog::default());
    log.away.store(true, Ordering::Relaxed);
    database.execute(put(&[message(TOPIC, "a", 1), message(TOPIC, "a", 2)])).await.unwrap();
    let moving = relay(database, &shared(&log), quick());
    let health = moving.health();
    let running = Running::start(|shutdown| moving.run(shutdown));
    eventually("it says that it fails", async || health.borrow().failing.is_some()).await;
    assert!(!health.borrow().is_healthy(SystemClock.now(), Duration::from_mins(1)));
    assert_eq!(count(database, "heimdall_outbox").await, 2);
    log.away.store(false, Ordering::Relaxed);
    drained(database).await;
    eventually("it is well again", async || health.borrow().is_healthy(SystemClock.now(), Duration::from_mins(1)))
        .await;
    running.stop().await;
    assert_eq!(MemoryLog::of("a", &log.records()), [1, 2]);
}

async fn relays_share_the_buckets(database: &TestDatabase) {
    let log = Arc::new(MemoryLog::default());
    let config = RelayConfig { lease_ms: 300, ..quick() };
    let start = || {
        let relay = relay(database, &shared(&log), config);
        let health = relay.health();
        (Running::start(|shutdown| relay.run(shutdown)), health)
    };
    let (first, of_first) = start();
    eventually("the first has them all", async || of_first.borrow().buckets == 32).await;
    let (second, of_second) = start();
    let (third, of_third) = start();
    let shares = || [&of_first, &of_second, &of_third].map(|health| health.borrow().buckets);
    eventually("each has a third", async || {
        let shares = shares();
        shares.iter().all(|share| (10..=11).contains(share)) && shares.iter().sum::<usize>() == 32
    })
    .await;
    let messages: Vec<_> = (0..200).map(|n| message(TOPIC, &format!("key-{}", n % 20), n)).collect();
    database.execute(put(&messages)).await.unwrap();
    drained(database).await;
    let records = log.records();
    for key in 0..20 {
        let numbers: Vec<i64> = (0..10).map(|round| round * 20 + key).collect();
        assert_eq!(MemoryLog::of(&format!("key-{key}"), &records), numbers);
    }
    for running in [first, second, third] {
        running.stop().await;
    }
}

async fn a_relay_that_hangs_is_replaced_when_its_lease_ends(database: &TestDatabase) {
    let (hung, log) = (Arc::new(MemoryLog::default()), Arc::new(MemoryLog::default()));
    hung.hangs.store(true, Ordering::Relaxed);
    let config = RelayConfig { lease_ms: 500, ..quick() };
    let first = relay(database, &shared(&hung), config);
    let of_first = first.health();
    let first = Running::start(|shutdown| first.run(shutdown));
    eventually("the first has the buckets", async || of_first.borrow().buckets == 32).await;
    let messages: Vec<_> = (0..40).map(|n| message(TOPIC, &format!("key-{}", n % 8), n)).collect();
    database.execute(put(&messages)).await.unwrap();
    let second = Running::start(|shutdown| relay(database, &shared(&log), config).run(shutdown));
    drained(database).await;
    second.stop().await;
    first.kill().await;
    assert!(hung.records().is_empty());
    let records = log.records();
    for key in 0..8 {
        let numbers: Vec<i64> = (0..5).map(|round| round * 8 + key).collect();
        assert_eq!(MemoryLog::of(&format!("key-{key}"), &records), numbers);
    }
}

async fn a_relay_that_ends_gives_its_buckets_away(database: &TestDatabase) {
    let log = Arc::new(MemoryLog::default());
    let hour = RelayConfig { lease_ms: 3_600_000, ..quick() };
    let first = relay(database, &shared(&log), hour);
    let of_first = first.health();
    let first = Running::start(|shutdown| first.run(shutdown));
    eventually("the first has the buckets", async || of_first.borrow().buckets == 32).await;
    first.stop().await;
    let second = relay(database, &shared(&log), hour);
    let of_second = second.health();
    let second = Running::start(|shutdown| second.run(shutdown));
    eventually("the second has them now", async || of_second.borrow().buckets == 32).await;
    second.stop().await;
}

async fn a_writer_wakes_the_relay(database: &TestDatabase) {
    let log = Arc::new(MemoryLog::default());
    let wake = Wake::default();
    let config = RelayConfig { poll_ms: 3_600_000, lease_ms: 3_600_000, ..quick() };
    let idle = Relay::new((*database).clone(), shared(&log), Arc::new(SystemClock), config, &wake);
    let health = idle.health();
    let running = Running::start(|shutdown| idle.run(shutdown));
    eventually("the first pass is done", async || health.borrow().last_pass.is_some()).await;
    database.execute(put(&[message(TOPIC, "a", 1)])).await.unwrap();
    wake.wake();
    drained(database).await;
    running.stop().await;
}
