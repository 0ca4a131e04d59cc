//! What can go wrong with a database, in words the caller can act on.

use sqlx::error::{BoxDynError, ErrorKind};

use super::Dialect;

/// Why a call to the database failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The configuration names no database that can be used.
    #[error("{reason}")]
    Configuration {
        /// What is wrong and what would be right.
        reason: String,
        /// The cause, where there is one.
        #[source]
        source: Option<BoxDynError>,
    },
    /// The database can't be reached, is starting, stopping, or does not answer in time.
    #[error("the database is not available")]
    Unavailable {
        /// The cause.
        #[source]
        source: sqlx::Error,
    },
    /// Somebody else holds the lock (`SQLite`: the writer) for longer than this call may wait.
    #[error("the database is busy")]
    Busy {
        /// The cause.
        #[source]
        source: sqlx::Error,
    },
    /// A deadlock or a serialization failure: the same transaction may well succeed when it is tried again.
    #[error("the transaction got in the way of another one")]
    Serialization {
        /// The cause.
        #[source]
        source: sqlx::Error,
    },
    /// A transaction was to be committed after one of its statements had failed.
    #[error("a statement of the transaction failed before, so all of it was taken back; after an error, begin again")]
    Aborted,
    /// A unique constraint refused the row. See [`DatabaseError::violates`] for its name.
    #[error("the unique constraint {constraint} is violated")]
    UniqueViolation {
        /// The constraint's name: `<table>_<columns>_key` or `<table>_pkey`.
        constraint: String,
        /// The cause.
        #[source]
        source: sqlx::Error,
    },
    /// The database refused a value: it breaks another constraint, is out of range, or can't be kept (a NUL in text).
    /// The same values will be refused again.
    #[error("the database refused a value")]
    Refused {
        /// The cause.
        #[source]
        source: sqlx::Error,
    },
    /// A write touched another number of rows than [`Query::expect_rows`](super::Query::expect_rows) asked for.
    /// Nothing was written.
    #[error("statement {index} touched {rows} rows where {expected} were expected")]
    RowCount {
        /// Which statement of the batch, from 0.
        index: usize,
        /// The rows it should have touched.
        expected: u64,
        /// The rows it would have touched.
        rows: u64,
    },
    /// A column is missing or holds something else than was asked for.
    #[error("column {column} can't be read")]
    Column {
        /// The column's name.
        column: String,
        /// The cause.
        #[source]
        source: sqlx::Error,
    },
    /// The statement is wrong, or the schema is not the one it was written for.
    #[error("the statement failed")]
    Statement {
        /// The cause.
        #[source]
        source: sqlx::Error,
    },
}

impl DatabaseError {
    /// True when the same call may succeed later without any change: the database was away, busy or in conflict.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Busy { .. } | Self::Serialization { .. })
    }

    /// True when the data itself is at fault, so that trying again is useless.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::UniqueViolation { .. })
    }

    /// True when this unique constraint was violated. `SQLite` doesn't tell a constraint's name, only its table and
    /// columns, so migrations of both dialects use the name that Postgres gives by itself:
    /// `<table>_<column>[_<column>…]_key`, and `<table>_pkey` for primary keys. Unique indexes are named likewise.
    pub fn violates(&self, name: &str) -> bool {
        matches!(self, Self::UniqueViolation { constraint, .. } if constraint == name)
    }

    pub(super) fn configuration(reason: impl Into<String>) -> Self {
        Self::Configuration { reason: reason.into(), source: None }
    }

    pub(super) fn unopened() -> Self {
        Self::configuration("the database is not opened: the program is only described")
    }

    pub(super) fn encode(source: BoxDynError) -> Self {
        Self::Refused { source: sqlx::Error::Encode(source) }
    }

    pub(super) fn from_driver(dialect: Dialect, source: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &source {
            E::PoolTimedOut if dialect == Dialect::Sqlite => Self::Busy { source },
            E::Io(_)
            | E::Tls(_)
            | E::PoolTimedOut
            | E::PoolClosed
            | E::WorkerCrashed
            | E::BeginFailed
            | E::Protocol(_) => Self::Unavailable { source },
            E::Encode(_) => Self::Refused { source },
            E::Database(error) => {
                let code = error.code().unwrap_or_default().into_owned();
                match dialect {
                    Dialect::Postgres => Self::from_sqlstate(&code, source),
                    Dialect::Sqlite => Self::from_result_code(&code, source),
                }
            }
            _ => Self::Statement { source },
        }
    }

    fn from_sqlstate(code: &str, source: sqlx::Error) -> Self {
        if let Some(error) = expectation(&source) {
            return error;
        }
        let constraint = source.as_database_error().and_then(|error| error.constraint()).map(str::to_owned);
        match (code, code.get(..2).unwrap_or_default()) {
            ("23505", _) => Self::UniqueViolation { constraint: constraint.unwrap_or_default(), source },
            ("40001" | "40P01", _) => Self::Serialization { source },
            ("55P03", _) => Self::Busy { source },
            // Shutting down, starting, recovering, out of connections or memory, connection lost, read-only standby.
            ("57P01" | "57P02" | "57P03" | "57P05" | "57014" | "25006" | "25P03", _) | (_, "08" | "53") => {
                Self::Unavailable { source }
            }
            (_, "22" | "23" | "54") => Self::Refused { source },
            _ => Self::Statement { source },
        }
    }

    fn from_result_code(code: &str, source: sqlx::Error) -> Self {
        let code: i32 = code.parse().unwrap_or_default();
        // The low byte is the primary result code, the rest says more.
        match (code, code & 0xff) {
            // SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY and _ROWID.
            (2067 | 1555 | 2579, _) => {
                let message = source.as_database_error().map_or("", |error| error.message());
                Self::UniqueViolation { constraint: constraint_name(message, code != 2067), source }
            }
            // BUSY and LOCKED.
            (_, 5 | 6) => Self::Busy { source },
            // IOERR, FULL, CANTOPEN: the disk may come back.
            (_, 10 | 13 | 14) => Self::Unavailable { source },
            // TOOBIG, CONSTRAINT, MISMATCH.
            (_, 18..=20) => Self::Refused { source },
            _ if source.as_database_error().is_some_and(|error| error.kind() != ErrorKind::Other) => {
                Self::Refused { source }
            }
            _ => Self::Statement { source },
        }
    }
}

/// The marker that a combined statement fails with when a count is not the expected one; see `combine`.
pub(super) const EXPECTATION: &str = "heimdall rows expected:";

fn expectation(source: &sqlx::Error) -> Option<DatabaseError> {
    let message = source.as_database_error()?.message();
    let (_, numbers) = message.split_once(EXPECTATION)?;
    let mut numbers = numbers.trim_end_matches('"').split(',');
    Some(DatabaseError::RowCount {
        index: numbers.next()?.parse().ok()?,
        expected: numbers.next()?.parse().ok()?,
        rows: numbers.next()?.parse().ok()?,
    })
}

/// `UNIQUE constraint failed: city.country, city.name` → `city_country_name_key`.
fn constraint_name(message: &str, primary: bool) -> String {
    let columns = message.rsplit("failed: ").next().unwrap_or_default();
    if let Some(index) = columns.strip_prefix("index ") {
        return index.trim_matches('\'').to_owned();
    }
    let mut table = "";
    let mut names = Vec::new();
    for column in columns.split(", ") {
        let (of, name) = column.split_once('.').unwrap_or(("", column));
        table = of;
        names.push(name);
    }
    if primary { format!("{table}_pkey") } else { format!("{table}_{}_key", names.join("_")) }
}

#[cfg(test)]
mod tests {
    use super::constraint_name;

    #[test]
    fn sqlite_names_constraints_as_postgres_does() {
        let message = "UNIQUE constraint failed: city.country, city.name";
        assert_eq!(constraint_name(message, false), "city_country_name_key");
        assert_eq!(constraint_name("UNIQUE constraint failed: city.id", true), "city_pkey");
        assert_eq!(constraint_name("UNIQUE constraint failed: index 'city_lower_key'", false), "city_lower_key");
    }
}
