//! One transaction type over Postgres and `SQLite`.
//!
//! A [`Query`] is written once, with `$1`, `$2`, …, `RETURNING` and `ON CONFLICT`, which both databases take; what
//! differs stands in [`Dialect`]. [`Columns`] and [`Filter`] put statements together from names and values. Values and columns are typed, and each database keeps them in its own way
//! ([`Value`] has the table).
//!
//! Tables of `SQLite` are `STRICT`; unique constraints are called `<table>_<columns>_key` in both
//! ([`DatabaseError::violates`] says why).

mod columns;
mod combine;
mod config;
mod dialect;
mod error;
mod filter;
mod migrate;
mod portable;
mod postgres;
mod query;
mod row;
mod sqlite;
mod transaction;
mod value;
mod warm_pool;

pub use columns::{Columns, RowsError};
pub use config::DatabaseConfig;
pub use dialect::Dialect;
pub use error::DatabaseError;
pub use filter::Filter;
pub use migrate::{Migration, MigrationError, Migrations, PendingMigration};
pub use query::Query;
pub use row::{Column, Row};
pub use transaction::Transaction;
pub use value::{Kind, Value};

use postgres::PostgresDatabase;
use sqlite::SqliteDatabase;

/// A database: a pool of connections to Postgres, or a `SQLite` file with one writer and several readers.
/// Cheap to clone; all clones are the same database.
#[derive(Clone)]
pub struct Database {
    backend: Backend,
}

#[derive(Clone)]
enum Backend {
    Postgres(PostgresDatabase),
    Sqlite(SqliteDatabase),
    /// Never opened: what describes a program needs none.
    Unopened(Dialect),
}

impl Database {
    /// Opens the database. A `SQLite` file and its folder are made where they don't exist.
    ///
    /// Postgres is not contacted before it is needed: while it is away, calls fail with
    /// [`DatabaseError::Unavailable`], and go on by themselves once it is back.
    pub async fn connect(config: &DatabaseConfig) -> Result<Self, DatabaseError> {
        let backend = match config.dialect()? {
            Dialect::Postgres => Backend::Postgres(PostgresDatabase::connect(config)?),
            Dialect::Sqlite => Backend::Sqlite(SqliteDatabase::connect(config).await?),
        };
        Ok(Self { backend })
    }

    /// Takes over another address of the same server's database, such as one with a new password: first it is tried, then
    /// every new connection is made with it, and those of before are used no more when their work is done. Limits stay as
    /// they were.
    ///
    /// Fails with [`DatabaseError::Configuration`] where the address is of another kind of database, or of `SQLite`, whose
    /// file is chosen at the start; with what the server says where it doesn't let us in, and as unavailable where it is
    /// away. Then all stays as it was.
    pub async fn reconnect(&self, config: &DatabaseConfig) -> Result<(), DatabaseError> {
        match (&self.backend, config.dialect()?) {
            (Backend::Postgres(database), Dialect::Postgres) => database.reconnect(config).await,
            _ => {
                Err(DatabaseError::configuration("database.url can be changed while the service runs on Postgres only"))
            }
        }
    }

    /// A handle to the database that is never opened: every call fails with [`DatabaseError::Configuration`]. A program
    /// that is only described (`openapi`, `config`) is composed on one.
    pub(crate) fn unopened(config: &DatabaseConfig) -> Self {
        Self { backend: Backend::Unopened(config.dialect().unwrap_or(Dialect::Sqlite)) }
    }

    /// Which database this is.
    pub fn dialect(&self) -> Dialect {
        match self.backend {
            Backend::Postgres(_) => Dialect::Postgres,
            Backend::Sqlite(_) => Dialect::Sqlite,
            Backend::Unopened(dialect) => dialect,
        }
    }

    /// Whether both are the same `SQLite` file.
    pub(crate) fn shares_file_with(&self, other: &Self) -> bool {
        match (&self.backend, &other.backend) {
            (Backend::Sqlite(this), Backend::Sqlite(other)) => this.file == other.file,
            _ => false,
        }
    }

    /// Begins a transaction (read committed on Postgres, the only writer on `SQLite`).
    pub async fn begin(&self) -> Result<Transaction, DatabaseError> {
        match &self.backend {
            Backend::Postgres(database) => Ok(Transaction::postgres(database.open().await?, database.timeout)),
            Backend::Sqlite(database) => Ok(Transaction::sqlite(database.open().await?)),
            Backend::Unopened(_) => Err(DatabaseError::unopened()),
        }
    }

    /// All rows of a `SELECT`. Reads never wait for writers. For a write with `RETURNING` see
    /// [`Database::write_returning`].
    pub async fn fetch_all(&self, query: Query) -> Result<Vec<Row>, DatabaseError> {
        match &self.backend {
            Backend::Postgres(database) => database.fetch_all(query).await,
            Backend::Sqlite(database) => database.fetch_all(query).await,
            Backend::Unopened(_) => Err(DatabaseError::unopened()),
        }
    }

    /// The first row of a `SELECT`, if there is one.
    pub async fn fetch_optional(&self, query: Query) -> Result<Option<Row>, DatabaseError> {
        Ok(self.fetch_all(query).await?.into_iter().next())
    }

    /// One write. Answers how many rows it touched. Durable when it returns.
    pub async fn execute(&self, query: Query) -> Result<u64, DatabaseError> {
        match &self.backend {
            Backend::Postgres(database) => database.execute(query).await,
            Backend::Sqlite(database) => database.execute(query).await,
            Backend::Unopened(_) => Err(DatabaseError::unopened()),
        }
    }

    /// One write with `RETURNING`, and the rows it returns. Durable when it returns.
    pub async fn write_returning(&self, query: Query) -> Result<Vec<Row>, DatabaseError> {
        match &self.backend {
            Backend::Postgres(database) => database.fetch_all(query).await,
            Backend::Sqlite(database) => database.write_returning(query).await,
            Backend::Unopened(_) => Err(DatabaseError::unopened()),
        }
    }

    /// Several `INSERT`s, `UPDATE`s and `DELETE`s: all or none. Answers how many rows each one touched.
    ///
    /// On Postgres they are one statement, thus one round trip and one commit; on `SQLite` one transaction. Therefore
    /// **no part may rely on what another part does**: on Postgres all of them see the data as it was before
    /// (constraints are checked at the end), and a row that two parts change is changed once. To stop them all when an
    /// optimistic check fails, use [`Query::expect_rows`].
    pub async fn execute_all(&self, queries: Vec<Query>) -> Result<Vec<u64>, DatabaseError> {
        match &self.backend {
            Backend::Postgres(database) => database.execute_all(queries).await,
            Backend::Sqlite(database) => database.execute_all(queries).await,
            Backend::Unopened(_) => Err(DatabaseError::unopened()),
        }
    }

    /// Asks the database whether it is there, for health checks.
    pub async fn check(&self) -> Result<(), DatabaseError> {
        self.fetch_all(Query::new("SELECT 1 AS one")).await.map(|_| ())
    }

    /// Ends all connections, after those in use have come back. `SQLite` folds its journal into the file.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Postgres(database) => database.pool.close().await,
            Backend::Sqlite(database) => database.close().await,
            Backend::Unopened(_) => {}
        }
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Database").field("dialect", &self.dialect()).finish_non_exhaustive()
    }
}
