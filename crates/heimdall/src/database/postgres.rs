//! Postgres: a pool that connects when it is asked, and heals by itself.

use std::str::FromStr as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Postgres};

use super::combine::{MOST_PARAMETERS, combine};
use super::row::Inner;
use super::warm_pool::WarmPool;
use super::{DatabaseConfig, DatabaseError, Dialect, Query, Row};

/// An idle connection is tried before it is used only when it rested for longer than this: on a busy server the
/// question would double the round trips of a small write.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(super) struct PostgresDatabase {
    pub(super) pool: WarmPool,
    pub(super) timeout: Duration,
    /// When the address changed last: connections that are older are not used again.
    changed: Arc<Mutex<Option<Instant>>>,
}

impl PostgresDatabase {
    pub(super) fn connect(config: &DatabaseConfig) -> Result<Self, DatabaseError> {
        let options = options(config)?;
        let changed = Arc::new(Mutex::new(None::<Instant>));
        let retired = Arc::clone(&changed);
        let timeout = Duration::from_millis(config.statement_timeout_ms);
        // A connection that was cut off with an open transaction must not hold its locks (a bucket, a lease) for hours.
        let session = format!(
            "SET idle_in_transaction_session_timeout = 60000; SET statement_timeout = {}",
            config.statement_timeout_ms
        );
        let pool = PgPoolOptions::new()
            .max_connections(config.max_connections)
            .acquire_timeout(Duration::from_millis(config.acquire_timeout_ms))
            .test_before_acquire(false)
            .after_connect(move |connection, _| {
                let session = session.clone();
                Box::pin(async move { connection.execute(AssertSqlSafe(session)).await.map(|_| ()) })
            })
            .before_acquire(move |connection, meta| {
                let changed = *retired.lock().unwrap_or_else(PoisonError::into_inner);
                Box::pin(async move {
                    if changed.is_some_and(|changed| changed.elapsed() < meta.age) {
                        return Ok(false);
                    }
                    if meta.idle_for > TRUSTED_IDLE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_lazy_with(options);
        Ok(Self { pool: WarmPool::new(pool), timeout, changed })
    }

    /// Lets new connections be made as `config` says, once one has been made so; those of before are not used again
    /// when their work is done.
    pub(super) async fn reconnect(&self, config: &DatabaseConfig) -> Result<(), DatabaseError> {
        let options = options(config)?;
        let trial = PgConnection::connect_with(&options);
        let trial = bounded(Duration::from_millis(config.acquire_timeout_ms), trial).await?;
        *self.changed.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.pool.replace(options);
        // That it can't be closed properly is no matter: it has done its work.
        let _ = trial.close().await;
        Ok(())
    }

    /// Begins a transaction. The driver, dropped while it begins one, would give the connection back with the
    /// transaction open, and the next user's writes would never be committed; in a task of its own it always ends.
    pub(super) async fn open(&self) -> Result<sqlx::Transaction<'static, Postgres>, DatabaseError> {
        let pool = self.pool.clone();
        let beginning = tokio::spawn(async move { pool.begin().await });
        bounded(self.timeout, async { beginning.await.unwrap_or(Err(sqlx::Error::WorkerCrashed)) }).await
    }

    pub(super) async fn fetch_all(&self, query: Query) -> Result<Vec<Row>, DatabaseError> {
        let prepared = query.for_postgres()?;
        let fetched = bounded(self.timeout, async {
            let mut held = self.pool.acquire().await?;
            let fetched = prepared.fetch_all(&mut *held.connection).await?;
            self.pool.give_back(held);
            Ok(fetched)
        });
        rows(fetched.await)
    }

    pub(super) async fn execute(&self, query: Query) -> Result<u64, DatabaseError> {
        if query.expected().is_some() {
            // Checked inside the statement: it commits by itself.
            let counts = self.execute_all(vec![query]).await?;
            return Ok(counts.first().copied().unwrap_or_default());
        }
        let prepared = query.for_postgres()?;
        let executed = bounded(self.timeout, async {
            let mut held = self.pool.acquire().await?;
            let executed = prepared.execute(&mut *held.connection).await?;
            self.pool.give_back(held);
            Ok(executed)
        });
        Ok(executed.await?.rows_affected())
    }

    pub(super) async fn execute_all(&self, queries: Vec<Query>) -> Result<Vec<u64>, DatabaseError> {
        match Batch::of(queries) {
            Batch::Empty => Ok(Vec::new()),
            Batch::Combined(query, parts) => {
                let prepared = query.for_postgres()?;
                let fetched = bounded(self.timeout, async {
                    let mut held = self.pool.acquire().await?;
                    let row = prepared.fetch_one(&mut *held.connection).await?;
                    self.pool.give_back(held);
                    Ok(row)
                });
                counts(fetched.await?, parts)
            }
            Batch::TooLarge(queries) => {
                let mut transaction = self.open().await?;
                let counts = one_by_one(&mut transaction, self.timeout, queries).await?;
                bounded(self.timeout, transaction.commit()).await?;
                Ok(counts)
            }
        }
    }
}

fn options(config: &DatabaseConfig) -> Result<PgConnectOptions, DatabaseError> {
    let options = PgConnectOptions::from_str(config.url.expose());
    let options = options.map_err(|source| DatabaseError::Configuration {
        reason: "database.url is not an address of a Postgres server".to_owned(),
        source: Some(source.into()),
    })?;
    Ok(options.application_name("heimdall"))
}

/// How a list of writes goes to the server.
enum Batch {
    Empty,
    Combined(Query, usize),
    /// More parameters than one statement may have.
    TooLarge(Vec<Query>),
}

impl Batch {
    fn of(queries: Vec<Query>) -> Self {
        let parts = queries.len();
        let parameters: usize = queries.iter().map(|query| query.values().len()).sum();
        match queries {
            queries if queries.is_empty() => Self::Empty,
            queries if parameters > MOST_PARAMETERS => Self::TooLarge(queries),
            queries => Self::Combined(combine(queries), parts),
        }
    }
}

pub(super) async fn execute_all(
    connection: &mut PgConnection,
    timeout: Duration,
    queries: Vec<Query>,
) -> Result<Vec<u64>, DatabaseError> {
    match Batch::of(queries) {
        Batch::Empty => Ok(Vec::new()),
        Batch::Combined(query, parts) => {
            counts(bounded(timeout, query.for_postgres()?.fetch_one(connection)).await?, parts)
        }
        Batch::TooLarge(queries) => one_by_one(connection, timeout, queries).await,
    }
}

async fn one_by_one(
    connection: &mut PgConnection,
    timeout: Duration,
    queries: Vec<Query>,
) -> Result<Vec<u64>, DatabaseError> {
    let mut counts = Vec::with_capacity(queries.len());
    for (index, query) in queries.into_iter().enumerate() {
        let expected = query.expected();
        let rows = execute(connection, timeout, query).await?;
        counts.push(super::query::check(expected, index, rows)?);
    }
    Ok(counts)
}

pub(super) async fn execute(
    connection: &mut PgConnection,
    timeout: Duration,
    query: Query,
) -> Result<u64, DatabaseError> {
    Ok(bounded(timeout, query.for_postgres()?.execute(connection)).await?.rows_affected())
}

pub(super) async fn fetch_all(
    connection: &mut PgConnection,
    timeout: Duration,
    query: Query,
) -> Result<Vec<Row>, DatabaseError> {
    rows(bounded(timeout, query.for_postgres()?.fetch_all(connection)).await)
}

/// A server that stopped answering must not hold a caller for longer than this.
pub(super) async fn bounded<T>(
    timeout: Duration,
    call: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, DatabaseError> {
    let answer = tokio::time::timeout(timeout, call)
        .await
        .unwrap_or_else(|elapsed| Err(sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, elapsed))));
    answer.map_err(|source| DatabaseError::from_driver(Dialect::Postgres, source))
}

fn rows(answer: Result<Vec<PgRow>, DatabaseError>) -> Result<Vec<Row>, DatabaseError> {
    Ok(answer?.into_iter().map(|row| Row(Inner::Postgres(row))).collect())
}

fn counts(row: PgRow, parts: usize) -> Result<Vec<u64>, DatabaseError> {
    let row = Row(Inner::Postgres(row));
    (0..parts).map(|index| Ok(row.get::<i64>(&format!("c{index}"))?.unsigned_abs())).collect()
}
