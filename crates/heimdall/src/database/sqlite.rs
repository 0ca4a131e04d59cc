//! `SQLite`: one writer, a few readers, one file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous};
use sqlx::{Sqlite, SqliteConnection, SqlitePool};

use super::row::Inner;
use super::{DatabaseConfig, DatabaseError, Dialect, Query, Row};

/// Each reader is a thread; more of them than this only take memory.
const MOST_READERS: u32 = 8;

#[derive(Clone)]
pub(super) struct SqliteDatabase {
    pub(super) file: Arc<Path>,
    writer: SqlitePool,
    readers: SqlitePool,
}

impl SqliteDatabase {
    pub(super) async fn connect(config: &DatabaseConfig) -> Result<Self, DatabaseError> {
        let path = config.sqlite_path()?;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            tokio::fs::create_dir_all(folder).await.map_err(|source| DatabaseError::Configuration {
                reason: format!("the folder {} of database.url can't be made", folder.display()),
                source: Some(source.into()),
            })?;
        }
        let patience = Duration::from_millis(config.acquire_timeout_ms);
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(patience);
        // The writer is one connection that never ends, so that nobody ever waits for SQLite's own lock in this process.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(patience)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await
            .map_err(|source| DatabaseError::Configuration {
                reason: format!("the file {} of database.url can't be opened as a SQLite database", path.display()),
                source: Some(source.into()),
            })?;
        let readers = SqlitePoolOptions::new()
            .max_connections(config.max_connections.clamp(1, MOST_READERS))
            .acquire_timeout(patience)
            .test_before_acquire(false)
            .connect_lazy_with(options.pragma("query_only", "ON"));
        // The file is there by now; its full name tells whether two handles mean the same one.
        let file = std::path::absolute(&path).unwrap_or(path).into();
        Ok(Self { file, writer, readers })
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    pub(super) async fn open(&self) -> Result<sqlx::Transaction<'static, Sqlite>, DatabaseError> {
        // IMMEDIATE: taking the write lock later, after a read, can fail in a way that waiting does not cure.
        self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(error)
    }

    pub(super) async fn fetch_all(&self, query: Query) -> Result<Vec<Row>, DatabaseError> {
        rows(query.for_sqlite()?.fetch_all(&self.readers).await)
    }

    pub(super) async fn write_returning(&self, query: Query) -> Result<Vec<Row>, DatabaseError> {
        rows(query.for_sqlite()?.fetch_all(&self.writer).await)
    }

    pub(super) async fn execute(&self, query: Query) -> Result<u64, DatabaseError> {
        if query.expected().is_some() {
            let counts = self.execute_all(vec![query]).await?;
            return Ok(counts.first().copied().unwrap_or_default());
        }
        Ok(query.for_sqlite()?.execute(&self.writer).await.map_err(error)?.rows_affected())
    }

    pub(super) async fn execute_all(&self, queries: Vec<Query>) -> Result<Vec<u64>, DatabaseError> {
        let mut transaction = self.open().await?;
        let counts = execute_all(&mut transaction, queries).await?;
        transaction.commit().await.map_err(error)?;
        Ok(counts)
    }
}

pub(super) async fn execute_all(
    connection: &mut SqliteConnection,
    queries: Vec<Query>,
) -> Result<Vec<u64>, DatabaseError> {
    let mut counts = Vec::with_capacity(queries.len());
    for (index, query) in queries.into_iter().enumerate() {
        let expected = query.expected();
        let rows = execute(connection, query).await?;
        counts.push(super::query::check(expected, index, rows)?);
    }
    Ok(counts)
}

pub(super) async fn execute(connection: &mut SqliteConnection, query: Query) -> Result<u64, DatabaseError> {
    Ok(query.for_sqlite()?.execute(connection).await.map_err(error)?.rows_affected())
}

pub(super) async fn fetch_all(connection: &mut SqliteConnection, query: Query) -> Result<Vec<Row>, DatabaseError> {
    rows(query.for_sqlite()?.fetch_all(connection).await)
}

pub(super) fn error(source: sqlx::Error) -> DatabaseError {
    DatabaseError::from_driver(Dialect::Sqlite, source)
}

fn rows(answer: Result<Vec<SqliteRow>, sqlx::Error>) -> Result<Vec<Row>, DatabaseError> {
    Ok(answer.map_err(error)?.into_iter().map(|row| Row(Inner::Sqlite(row))).collect())
}
