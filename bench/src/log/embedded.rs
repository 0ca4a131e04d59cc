//! The embedded log, in the `SQLite` file of the outbox.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, ensure};
use chrono::Utc;
use heimdall::clock::SystemClock;
use heimdall::messaging::embedded::{EmbeddedConfig, EmbeddedLog};
use heimdall::messaging::log::Log;
use heimdall::messaging::record::NewRecord;
use heimdall::testing::TestDatabase;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use super::rate::rate;
use super::{read, relay, samples};
use crate::figure::Figure;
use crate::turns::Comparison;

const TOPIC: &str = "bench.embedded";
const ROUNDS: usize = 5;
/// Events of a round.
const EVENTS: usize = 20_000;
/// Rows that the baseline writes in one transaction, and rows that it reads at once: what the relay and the subscriber do.
const WRITTEN: usize = 500;
const READ: i64 = 100;

/// Measures in two files, one for each.
pub(super) async fn measure() -> Result<Vec<Figure>> {
    let (database, file) = (TestDatabase::sqlite().await, TestDatabase::sqlite().await);
    let log: Arc<dyn Log> =
        Arc::new(EmbeddedLog::new(database.clone(), Arc::new(SystemClock), EmbeddedConfig::default())?);
    let mut bare = Bare::open(file.url()).await?;
    let messages = samples::messages(TOPIC, EVENTS)?;
    let records = samples::records(&messages)?;

    let unit = "events/s";
    let outbox = Comparison { name: "outbox on SQLite to embedded log", unit, baseline: "bare sqlx, batches of rows" };
    let reading = Comparison { name: "embedded log to subscriber", unit, baseline: "bare sqlx, pages of rows" };
    Ok(vec![
        outbox
            .in_turn(
                ROUNDS,
                async || relay::drain(&database, log.clone(), &messages).await,
                async || bare.write(&records).await,
            )
            .await?,
        reading
            .in_turn(ROUNDS, async || read::subscribe(&*log, TOPIC, EVENTS).await, async || bare.read().await)
            .await?,
    ])
}

/// The log's table, without the log.
struct Bare {
    connection: SqliteConnection,
    next: i64,
}

impl Bare {
    async fn open(url: &str) -> Result<Self> {
        let options = url.parse::<SqliteConnectOptions>()?;
        // As durable as the log is.
        let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
        Ok(Self { connection: options.connect().await?, next: 0 })
    }

    async fn write(&mut self, records: &[NewRecord]) -> Result<f64> {
        let headers: Vec<String> = records.iter().map(headers).collect::<Result<_>>()?;
        let begun = Instant::now();
        for (records, headers) in records.chunks(WRITTEN).zip(headers.chunks(WRITTEN)) {
            let mut transaction = self.connection.begin().await?;
            for (record, headers) in records.iter().zip(headers) {
                let insert = "INSERT INTO heimdall_log_record (topic, partition, position, key, headers, payload, timestamp) \
                              VALUES ($1, 0, $2, $3, $4, $5, $6)";
                sqlx::query(insert)
                    .bind(&record.topic)
                    .bind(self.next)
                    .bind(record.key.as_deref())
                    .bind(headers)
                    .bind(record.payload.as_deref())
                    .bind(Utc::now().timestamp_micros())
                    .execute(&mut *transaction)
                    .await?;
                self.next += 1;
            }
            transaction.commit().await?;
        }
        Ok(rate(records.len(), begun.elapsed()))
    }

    async fn read(&mut self) -> Result<f64> {
        let (mut next, mut count, begun) = (0, 0, Instant::now());
        while count < EVENTS {
            let select = "SELECT position, key, headers, payload, timestamp FROM heimdall_log_record \
                          WHERE topic = $1 AND partition = 0 AND position >= $2 ORDER BY position LIMIT $3";
            let select = sqlx::query(select).bind(TOPIC).bind(next).bind(READ);
            let rows = select.fetch_all(&mut self.connection).await?;
            ensure!(!rows.is_empty(), "the baseline has only {count} rows");
            for row in &rows {
                next = row.try_get::<i64, _>("position")? + 1;
                let payload: Vec<u8> = row.try_get("payload")?;
                ensure!(payload.len() == samples::SIZE, "a row came with {} bytes", payload.len());
            }
            count += rows.len();
        }
        Ok(rate(count, begun.elapsed()))
    }
}

fn headers(record: &NewRecord) -> Result<String> {
    let pairs = record.headers.iter().map(|header| {
        let value = header.value.as_deref().map(std::str::from_utf8).transpose()?;
        Ok((&header.name, value))
    });
    Ok(serde_json::to_string(&pairs.collect::<Result<Vec<_>>>()?)?)
}
