//! Outbox, relay, log, consumer: what goes in comes out once, in order, whatever happens in between.

mod consumer;
mod faults;
mod memory;
mod order;
mod relay;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use heimdall::clock::SystemClock;
use heimdall::database::{Database, Migration, Migrations, Query};
use heimdall::lifecycle::Shutdown;
use heimdall::messaging::Work;
use heimdall::messaging::consumer::{Consumer, Handler, HandlerError};
use heimdall::messaging::envelope::{CloudEvent, EnvelopeMode};
use heimdall::messaging::log::{Log, Subscription};
use heimdall::messaging::outbox::{OutboxMessage, Relay, RelayConfig, enqueue};
use heimdall::messaging::record::Record;
use heimdall::messaging::topics::DeclaredTopics;
use heimdall::testing::work_on;
use heimdall::wake::Wake;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// The effect of an event: a line in a book, numbered by when it was written.
pub(super) const BOOK: Migrations = Migrations {
    history: "book_migrations",
    postgres: &[Migration::new(
        1,
        "book",
        "CREATE TABLE book (line bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL, number bigint NOT NULL)",
    )],
    sqlite: &[Migration::new(
        1,
        "book",
        "CREATE TABLE book (line INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, number INTEGER NOT NULL) STRICT",
    )],
};

pub(super) const TOPIC: &str = "test.numbers";

/// Runs each test on both databases.
macro_rules! on_both {
    ($($test:ident)*) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $test() {
                let database = super::TestDatabase::sqlite_with(&super::super::BOOK).await;
                super::$test(&database).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $test() {
                if let Some(database) = super::TestDatabase::postgres_with(&super::super::BOOK).await {
                    super::$test(&database).await;
                }
            })*
        }
    };
}
pub(super) use on_both;

/// Polls until it is so.
pub(super) async fn eventually(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_mins(1);
    while !so().await {
        assert!(tokio::time::Instant::now() < deadline, "not within a minute: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub(super) fn message(topic: &str, key: &str, number: i64) -> OutboxMessage {
    let id = Uuid::from_u128(u128::from(rand::random::<u64>()) << 64 | u128::from(number.unsigned_abs()));
    let event = CloudEvent::builder(id.to_string(), "/test", "test.number.v1", chrono::DateTime::UNIX_EPOCH)
        .subject(key)
        .json(&number)
        .unwrap()
        .build()
        .unwrap();
    OutboxMessage { topic: topic.to_owned(), key: key.to_owned(), event, headers: Vec::new() }
}

pub(super) fn put(messages: &[OutboxMessage]) -> Query {
    enqueue(messages, EnvelopeMode::Structured).unwrap()
}

pub(super) async fn count(database: &Database, table: &str) -> i64 {
    let rows = database.fetch_all(Query::new(format!("SELECT count(*) AS n FROM {table}"))).await.unwrap();
    rows[0].get("n").unwrap()
}

/// What stands in the book for a key, in the order in which it was written.
pub(super) async fn written(database: &Database, key: &str) -> Vec<i64> {
    let lines = Query::new("SELECT number FROM book WHERE key = $1 ORDER BY line").bind(key);
    database.fetch_all(lines).await.unwrap().iter().map(|row| row.get("number").unwrap()).collect()
}

/// Writes each event into the book.
pub(super) struct Scribe;

impl Handler for Scribe {
    async fn handle(&self, event: &CloudEvent, _: &Record, work: &mut Work) -> Result<(), HandlerError> {
        let number: i64 = event.data()?;
        let insert = Query::new("INSERT INTO book (key, number) VALUES ($1, $2)");
        work.execute(insert.bind(event.subject.clone()).bind(number)).await?;
        Ok(())
    }
}

pub(super) fn quick() -> RelayConfig {
    RelayConfig { poll_ms: 5, max_backoff_ms: 50, ..RelayConfig::default() }
}

pub(super) fn relay(database: &Database, log: &Arc<dyn Log>, config: RelayConfig) -> Relay {
    Relay::new(database.clone(), log.clone(), Arc::new(SystemClock), config, &Wake::default())
}

pub(super) fn consumer<H: Handler>(database: &Database, log: &Arc<dyn Log>, handler: H) -> Consumer<H> {
    let subscription = Subscription::new("scribes", [TOPIC.parse().unwrap()]).unwrap();
    Consumer::new(work_on(database, DeclaredTopics::default()), log.clone(), subscription, handler)
}

/// A handler made of a function.
pub(super) struct Acts<F>(F);

pub(super) fn handler<F>(act: F) -> Acts<F>
where
    F: for<'a> Fn(&'a CloudEvent, &'a Record, &'a mut Work) -> BoxFuture<'a, Result<(), HandlerError>>,
{
    Acts(act)
}

impl<F> Handler for Acts<F>
where
    F: for<'a> Fn(&'a CloudEvent, &'a Record, &'a mut Work) -> BoxFuture<'a, Result<(), HandlerError>>
        + Send
        + Sync
        + 'static,
{
    async fn handle(&self, event: &CloudEvent, record: &Record, work: &mut Work) -> Result<(), HandlerError> {
        (self.0)(event, record, work).await
    }
}

/// Something that runs until the test ends it.
pub(super) struct Running<T> {
    shutdown: Shutdown,
    task: JoinHandle<T>,
}

impl<T: Send + 'static> Running<T> {
    pub(super) fn start<F: Future<Output = T> + Send + 'static>(run: impl FnOnce(Shutdown) -> F) -> Self {
        let shutdown = Shutdown::new();
        Self { task: tokio::spawn(run(shutdown.clone())), shutdown }
    }

    /// As SIGTERM would.
    pub(super) async fn stop(self) -> T {
        self.shutdown.request();
        tokio::time::timeout(Duration::from_secs(30), self.task).await.expect("it drains").unwrap()
    }

    /// As SIGKILL would, as far as a process can do that to its own parts.
    pub(super) async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}
