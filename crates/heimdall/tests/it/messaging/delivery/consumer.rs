//! The consumer, on the embedded log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt as _;
use heimdall::clock::{Clock as _, SystemClock};
use heimdall::database::{Database, Query};
use heimdall::messaging::Work;
use heimdall::messaging::consumer::{ConsumerConfig, Handler, HandlerError};
use heimdall::messaging::dead_letter;
use heimdall::messaging::envelope::{CloudEvent, EnvelopeMode};
use heimdall::messaging::log::{Log, Subscription};
use heimdall::messaging::record::{Headers, NewRecord, Record};
use heimdall::testing::TestDatabase;

use super::{BOOK, Running, Scribe, TOPIC, consumer, count, eventually, handler, message, quick, relay, written};

const DEAD: &str = "test.numbers.scribes.dead-letter";

async fn fixture() -> (TestDatabase, Arc<dyn Log>) {
    let database = TestDatabase::sqlite_with(&BOOK).await;
    let log = database.log();
    (database, log)
}

fn config() -> ConsumerConfig {
    ConsumerConfig { max_backoff_ms: 20, attempts: 3, ..ConsumerConfig::default() }
}

fn record(key: &str, payload: impl Into<Bytes>) -> NewRecord {
    let key = Some(Bytes::copy_from_slice(key.as_bytes()));
    NewRecord { topic: TOPIC.to_owned(), key, headers: Headers::new(), payload: Some(payload.into()) }
}

fn number(key: &str, number: i64) -> NewRecord {
    let encoded = message(TOPIC, key, number).event.encode(EnvelopeMode::Structured).unwrap();
    NewRecord { headers: encoded.headers, payload: encoded.payload, ..record(key, "") }
}

async fn publish(log: &Arc<dyn Log>, records: Vec<NewRecord>) {
    assert!(log.publish(records).await.iter().all(Result::is_ok));
}

async fn dead_letters(database: &Database, log: &Arc<dyn Log>, many: usize) -> Vec<Record> {
    let moving = Running::start(|shutdown| relay(database, log, quick()).run(shutdown));
    let subscription = Subscription::new("people", [DEAD.parse().unwrap()]).unwrap();
    let mut reader = log.subscribe(&subscription).await.unwrap();
    let mut letters = Vec::new();
    while letters.len() < many {
        let next = tokio::time::timeout(Duration::from_secs(30), reader.next()).await;
        letters.push(next.expect("a dead letter").unwrap());
    }
    moving.stop().await;
    letters
}

#[tokio::test]
async fn an_event_takes_effect_once_however_often_it_comes() {
    let (database, log) = fixture().await;
    let (first, second) = (number("a", 1), number("a", 2));
    publish(&log, vec![first.clone(), first.clone(), second.clone(), first, second]).await;
    let consumer = consumer(&database, &log, Scribe);
    let health = consumer.health();
    let running = Running::start(|shutdown| consumer.run(shutdown));
    eventually("all are done", async || health.borrow().done == 5).await;
    running.stop().await.unwrap();
    assert_eq!(written(&database, "a").await, [1, 2]);
    assert_eq!(health.borrow().duplicates, 3);
    assert_eq!(count(&database, "heimdall_inbox").await, 2);
}

#[tokio::test]
async fn what_is_no_event_is_parked_as_it_was_and_the_partition_goes_on() {
    let (database, log) = fixture().await;
    let garbage = NewRecord {
        key: Some(Bytes::from_static(&[0xff, 0])),
        headers: [("x", &[0xfe_u8][..])]
            .into_iter()
            .map(|(name, value)| heimdall::messaging::record::Header {
                name: name.to_owned(),
                value: Some(Bytes::copy_from_slice(value)),
            })
            .collect(),
        ..record("a", vec![0_u8, 159, 146, 150])
    };
    let tombstone = NewRecord { payload: None, ..record("a", "") };
    let keyless = NewRecord { key: None, ..record("a", "{\"specversion\":\"1.0\",\"id\":\"1\"}") };
    publish(&log, vec![garbage.clone(), tombstone.clone(), keyless.clone(), number("a", 7)]).await;
    let consumer = consumer(&database, &log, Scribe);
    let health = consumer.health();
    let running = Running::start(|shutdown| consumer.run(shutdown));
    eventually("all are done", async || health.borrow().done == 4).await;
    running.stop().await.unwrap();
    assert_eq!(written(&database, "a").await, [7]);
    assert_eq!(health.borrow().parked, 3);

    let letters = dead_letters(&database, &log, 3).await;
    for letter in &letters {
        assert_eq!(letter.headers.text(dead_letter::REASON), Some("undecodable"));
        assert_eq!(letter.headers.text(dead_letter::GROUP), Some("scribes"));
        assert!(!letter.headers.text(dead_letter::DETAIL).unwrap().is_empty());
    }
    let mut restored: Vec<_> = letters.iter().map(|letter| dead_letter::restore(letter).unwrap()).collect();
    for original in [garbage, tombstone, keyless] {
        let place = restored.iter().position(|record| *record == original);
        restored.remove(place.unwrap_or_else(|| panic!("{original:?} is not among {restored:?}")));
    }
}

/// Fails as often as it is told, then does it.
struct Fails {
    times: AtomicU32,
    how: fn() -> HandlerError,
}

impl Handler for Fails {
    async fn handle(&self, event: &CloudEvent, record: &Record, work: &mut Work) -> Result<(), HandlerError> {
        // Its effect must go with it.
        Scribe.handle(event, record, work).await?;
        let left = self.times.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if left.is_ok() { Err((self.how)()) } else { Ok(()) }
    }
}

async fn after_failures(times: u32, how: fn() -> HandlerError) -> (TestDatabase, Arc<dyn Log>, u64) {
    let (database, log) = fixture().await;
    publish(&log, vec![number("a", 1), number("a", 2)]).await;
    let consumer = consumer(&database, &log, Fails { times: times.into(), how }).configured(config());
    let health = consumer.health();
    let running = Running::start(|shutdown| consumer.run(shutdown));
    eventually("both are done", async || health.borrow().done == 2).await;
    assert!(health.borrow().stuck.is_empty());
    running.stop().await.unwrap();
    let parked = health.borrow().parked;
    (database, log, parked)
}

#[tokio::test]
async fn an_outage_is_waited_for_however_long_it_takes() {
    let (database, _, parked) = after_failures(12, || HandlerError::unavailable("away")).await;
    assert_eq!((written(&database, "a").await, parked), (vec![1, 2], 0));
}

#[tokio::test]
async fn a_failure_that_passes_is_tried_again_in_place() {
    let (database, _, parked) = after_failures(2, || HandlerError::transient("hiccup")).await;
    assert_eq!((written(&database, "a").await, parked), (vec![1, 2], 0));
}

#[tokio::test]
async fn a_failure_that_does_not_pass_is_parked_after_some_attempts() {
    let (database, log, parked) = after_failures(3, || HandlerError::transient("hiccup")).await;
    assert_eq!((written(&database, "a").await, parked), (vec![2], 1));
    let letter = dead_letters(&database, &log, 1).await.remove(0);
    assert_eq!(letter.headers.text(dead_letter::REASON), Some("exhausted"));
    assert_eq!(letter.headers.text(dead_letter::ATTEMPTS), Some("3"));
    assert!(letter.headers.text(dead_letter::DETAIL).unwrap().contains("hiccup"));
    // It may be replayed: the inbox does not take it for something that was taken in.
    publish(&log, vec![dead_letter::restore(&letter).unwrap()]).await;
    let running = Running::start(|shutdown| consumer(&database, &log, Scribe).run(shutdown));
    eventually("it takes effect", async || written(&database, "a").await == [2, 1]).await;
    running.stop().await.unwrap();
}

#[tokio::test]
async fn what_the_handler_rejects_is_parked_at_once() {
    let (database, log, parked) = after_failures(1, || HandlerError::rejected("no such number")).await;
    assert_eq!((written(&database, "a").await, parked), (vec![2], 1));
    let letter = dead_letters(&database, &log, 1).await.remove(0);
    assert_eq!(letter.headers.text(dead_letter::REASON), Some("rejected"));
    assert!(letter.headers.text(dead_letter::DETAIL).unwrap().contains("no such number"));
}

#[tokio::test]
async fn a_panic_parks_the_event_and_nothing_else() {
    let (database, _, parked) = after_failures(1, || panic!("boom")).await;
    assert_eq!((written(&database, "a").await, parked), (vec![2], 1));
}

#[tokio::test]
async fn a_partition_that_is_stuck_shows() {
    let (database, log) = fixture().await;
    publish(&log, vec![number("a", 1)]).await;
    let away = handler(|_, _, _| async { Err(HandlerError::unavailable("away")) }.boxed());
    let consumer = consumer(&database, &log, away).configured(config());
    let health = consumer.health();
    let running = Running::start(|shutdown| consumer.run(shutdown));
    eventually("it is stuck", async || health.borrow().stuck.values().any(|stuck| stuck.attempts > 2)).await;
    let stuck = health.borrow().stuck.values().next().unwrap().clone();
    assert!(stuck.reason.contains("away"), "{stuck:?}");
    assert!(!health.borrow().is_healthy(SystemClock.now()));
    assert!(health.borrow().is_healthy(SystemClock.now() - chrono::TimeDelta::minutes(5)));
    running.stop().await.unwrap();
}

#[tokio::test]
async fn shutdown_finishes_the_record_that_it_is_at() {
    let (database, log) = fixture().await;
    publish(&log, (0..5).map(|n| number("a", n)).collect()).await;
    let (started, begun) = tokio::sync::watch::channel(false);
    let (go, gate) = tokio::sync::watch::channel(false);
    let slow = handler(move |event, record, work| {
        let (started, mut gate) = (started.clone(), gate.clone());
        async move {
            started.send_replace(true);
            gate.wait_for(|go| *go).await.map_err(HandlerError::transient)?;
            Scribe.handle(event, record, work).await
        }
        .boxed()
    });
    let consumer = consumer(&database, &log, slow);
    let running = Running::start(|shutdown| consumer.run(shutdown));
    let mut begun = begun;
    begun.wait_for(|begun| *begun).await.unwrap();
    let stopping = tokio::spawn(running.stop());
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!stopping.is_finished(), "it waits for the handler");
    go.send_replace(true);
    stopping.await.unwrap().unwrap();
    assert_eq!(written(&database, "a").await, [0]);
    let position = Query::new("SELECT max(next_position) AS next FROM heimdall_log_group");
    let position = database.fetch_all(position).await.unwrap()[0].get::<i64>("next").unwrap();
    assert_eq!(position, 1, "the position is stored, and no further than what is done");
}

#[tokio::test]
async fn the_inbox_forgets_what_is_old() {
    let (database, log) = fixture().await;
    publish(&log, (0..1_100).map(|n| number("a", n)).collect()).await;
    let mut work = database.begin().await.unwrap();
    for n in 0..1_100 {
        heimdall::messaging::inbox::remember(&mut work, "old", "/test", &n.to_string()).await.unwrap();
    }
    work.execute(Query::new("UPDATE heimdall_inbox SET received_at = received_at - 60000000")).await.unwrap();
    assert!(heimdall::messaging::inbox::remember(&mut work, "old", "/test", "new").await.unwrap());
    assert!(!heimdall::messaging::inbox::remember(&mut work, "old", "/test", "new").await.unwrap());
    work.commit().await.unwrap();
    let forget = heimdall::messaging::inbox::forget(&database, "old", Duration::from_secs(30)).await.unwrap();
    assert_eq!((forget, count(&database, "heimdall_inbox").await), (1_100, 1));
}
