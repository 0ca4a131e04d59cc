//! Relays and consumers are killed at random moments, many times over, while events are written.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use heimdall::database::Database;
use heimdall::messaging::log::Log;
use heimdall::messaging::outbox::RelayConfig;
use heimdall::testing::TestDatabase;

use super::{BOOK, Running, Scribe, TOPIC, consumer, count, eventually, message, put, quick, relay, written};

const KEYS: i64 = 6;
const EACH: i64 = 60;

async fn write(database: Database) {
    for number in 0..EACH {
        for key in 0..KEYS {
            let message = message(TOPIC, &format!("key-{key}"), number);
            while let Err(error) = database.execute(put(std::slice::from_ref(&message))).await {
                assert!(error.is_transient(), "{error:?}");
            }
        }
    }
}

/// Starts something, kills it after a random moment, and starts it again, until told to let it live.
async fn harass<T: Send + 'static>(calm: Arc<AtomicBool>, start: impl Fn() -> Running<T>) -> (Running<T>, u32) {
    let mut killed = 0;
    while !calm.load(Ordering::Relaxed) {
        let running = start();
        tokio::time::sleep(Duration::from_micros(rand::random_range(0..30_000))).await;
        running.kill().await;
        killed += 1;
    }
    (start(), killed)
}

async fn survive(database: Arc<TestDatabase>, log: Arc<dyn Log>) {
    let calm = Arc::new(AtomicBool::new(false));
    let config = RelayConfig { batch: 7, lease_ms: 60, ..quick() };
    let relays = tokio::spawn({
        let (database, log, calm) = (database.clone(), log.clone(), calm.clone());
        async move { harass(calm, || Running::start(|shutdown| relay(&database, &log, config).run(shutdown))).await }
    });
    let consumers = tokio::spawn({
        let (database, log, calm) = (database.clone(), log.clone(), calm.clone());
        async move { harass(calm, || Running::start(|shutdown| consumer(&database, &log, Scribe).run(shutdown))).await }
    });
    write((**database).clone()).await;
    eventually("both were killed often enough", async || count(&database, "book").await > KEYS * EACH / 3).await;
    calm.store(true, Ordering::Relaxed);
    let (relay, relay_kills) = relays.await.unwrap();
    let (consumer, consumer_kills) = consumers.await.unwrap();
    assert!(relay_kills > 10 && consumer_kills > 10, "{relay_kills} and {consumer_kills} kills");
    eventually("every event has its effect", async || count(&database, "book").await >= KEYS * EACH).await;
    eventually("nothing is left", async || count(&database, "heimdall_outbox").await == 0).await;
    consumer.stop().await.unwrap();
    relay.stop().await;
    for key in 0..KEYS {
        let numbers: Vec<i64> = (0..EACH).collect();
        assert_eq!(written(&database, &format!("key-{key}")).await, numbers, "key-{key}: once, and in order");
    }
    assert_eq!(count(&database, "heimdall_inbox").await, KEYS * EACH);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_one_file_every_event_takes_effect_once_and_in_order() {
    let database = Arc::new(TestDatabase::sqlite_with(&BOOK).await);
    let log = database.log();
    survive(database, log).await;
}

/// The log's database is another one, so that the relay publishes and then deletes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_two_files_every_event_takes_effect_once_and_in_order() {
    let database = Arc::new(TestDatabase::sqlite_with(&BOOK).await);
    let elsewhere = TestDatabase::sqlite().await;
    survive(database, elsewhere.log()).await;
}

mod postgres {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_event_takes_effect_once_and_in_order() {
        let Some(database) = TestDatabase::postgres_with(&BOOK).await else { return };
        let elsewhere = TestDatabase::sqlite().await;
        survive(Arc::new(database), elsewhere.log()).await;
    }
}
