//! One transaction, whichever database it runs on.

use std::time::Duration;

use sqlx::{Postgres, Sqlite};

use super::{DatabaseError, Dialect, Query, Row, postgres, query, sqlite};

/// A transaction that is open. Dropping it rolls back.
///
/// After a statement failed nothing more can be done with it on Postgres, where `COMMIT` would take all of it back without
/// an error. So [`commit`](Self::commit) refuses it, on each database: drop it and begin again.
#[must_use = "dropping a transaction rolls it back"]
pub struct Transaction {
    inner: Inner,
    /// Whether a statement failed.
    failed: bool,
}

enum Inner {
    Postgres { transaction: sqlx::Transaction<'static, Postgres>, timeout: Duration },
    Sqlite(sqlx::Transaction<'static, Sqlite>),
}

impl Transaction {
    pub(super) fn postgres(transaction: sqlx::Transaction<'static, Postgres>, timeout: Duration) -> Self {
        Self { inner: Inner::Postgres { transaction, timeout }, failed: false }
    }

    pub(super) fn sqlite(transaction: sqlx::Transaction<'static, Sqlite>) -> Self {
        Self { inner: Inner::Sqlite(transaction), failed: false }
    }

    /// Which database this is.
    pub fn dialect(&self) -> Dialect {
        match &self.inner {
            Inner::Postgres { .. } => Dialect::Postgres,
            Inner::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// One write. Answers how many rows it touched.
    pub async fn execute(&mut self, query: Query) -> Result<u64, DatabaseError> {
        let expected = query.expected();
        let rows = match &mut self.inner {
            Inner::Postgres { transaction, timeout } => postgres::execute(transaction, *timeout, query).await,
            Inner::Sqlite(transaction) => sqlite::execute(transaction, query).await,
        };
        query::check(expected, 0, self.noting(rows)?)
    }

    /// Several writes, on Postgres in one round trip: see [`Database::execute_all`](super::Database::execute_all).
    pub async fn execute_all(&mut self, queries: Vec<Query>) -> Result<Vec<u64>, DatabaseError> {
        let rows = match &mut self.inner {
            Inner::Postgres { transaction, timeout } => postgres::execute_all(transaction, *timeout, queries).await,
            Inner::Sqlite(transaction) => sqlite::execute_all(transaction, queries).await,
        };
        self.noting(rows)
    }

    /// All rows of a query, or of a write with `RETURNING`.
    pub async fn fetch_all(&mut self, query: Query) -> Result<Vec<Row>, DatabaseError> {
        let rows = match &mut self.inner {
            Inner::Postgres { transaction, timeout } => postgres::fetch_all(transaction, *timeout, query).await,
            Inner::Sqlite(transaction) => sqlite::fetch_all(transaction, query).await,
        };
        self.noting(rows)
    }

    /// Remembers what failed. A wrong count of rows is no failure of the statement.
    fn noting<T>(&mut self, answer: Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        self.failed |= answer.as_ref().is_err_and(|error| !matches!(error, DatabaseError::RowCount { .. }));
        answer
    }

    /// The row of a query or a write with `RETURNING` that always has one; none is [`DatabaseError::RowCount`].
    pub async fn fetch_one(&mut self, query: Query) -> Result<Row, DatabaseError> {
        let row = self.fetch_optional(query).await?;
        row.ok_or(DatabaseError::RowCount { index: 0, expected: 1, rows: 0 })
    }

    /// The first row, if there is one.
    pub async fn fetch_optional(&mut self, query: Query) -> Result<Option<Row>, DatabaseError> {
        Ok(self.fetch_all(query).await?.into_iter().next())
    }

    /// Makes all of it durable. When this fails as unavailable, it is unknown whether it did. After a statement that failed
    /// it answers [`DatabaseError::Aborted`], and all is taken back.
    pub async fn commit(self) -> Result<(), DatabaseError> {
        if self.failed {
            return Err(DatabaseError::Aborted);
        }
        match self.inner {
            Inner::Postgres { transaction, timeout } => postgres::bounded(timeout, transaction.commit()).await,
            Inner::Sqlite(transaction) => transaction.commit().await.map_err(sqlite::error),
        }
    }

    /// Takes all of it back.
    pub async fn rollback(self) -> Result<(), DatabaseError> {
        match self.inner {
            Inner::Postgres { transaction, timeout } => postgres::bounded(timeout, transaction.rollback()).await,
            Inner::Sqlite(transaction) => transaction.rollback().await.map_err(sqlite::error),
        }
    }
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Transaction").field("dialect", &self.dialect()).finish_non_exhaustive()
    }
}
