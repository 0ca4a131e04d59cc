//! A statement with its values, before it meets a database.

use std::borrow::Cow;
use std::fmt::Write as _;

use sqlx::postgres::PgArguments;
use sqlx::query::Query as Prepared;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Postgres, Sqlite};

use super::{DatabaseError, Value};

/// A statement and its values, written once for both databases: parameters are `$1`, `$2`, ….
///
/// The text must come from the program, never from input: input goes into values.
///
/// ```
/// # use heimdall::database::Query;
/// let rename = Query::new("UPDATE city SET name = $2 WHERE id = $1 AND version = $3")
///     .bind(7_i64)
///     .bind("Trondheim")
///     .bind(3_i64)
///     .expect_rows(1);
/// # assert_eq!(rename.values().len(), 3);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    sql: Cow<'static, str>,
    values: Vec<Value>,
    expected: Option<u64>,
}

impl Query {
    /// A statement with its values.
    pub(super) fn with_values(sql: String, values: Vec<Value>) -> Self {
        Self { sql: sql.into(), values, expected: None }
    }

    /// A statement that begins like this, with room for so many values. Text and values grow together, so that a
    /// parameter's number is always its value's place.
    pub(super) fn begin(beginning: &str, values: usize) -> Self {
        let mut sql = String::with_capacity(beginning.len() + 64 + values * 24);
        sql.push_str(beginning);
        Self::with_values(sql, Vec::with_capacity(values))
    }

    pub(super) fn push(&mut self, sql: &str) {
        self.sql.to_mut().push_str(sql);
    }

    /// The next parameter, and its value.
    pub(super) fn push_value(&mut self, value: Value) {
        self.values.push(value);
        // Writing to a String can't fail.
        let _ = write!(self.sql.to_mut(), "${}", self.values.len());
    }

    /// Text in which each `?` becomes the parameter of the next value.
    pub(super) fn push_with(&mut self, sql: &str, values: Vec<Value>) {
        let mut values = values.into_iter();
        let mut pieces = sql.split('?');
        self.push(pieces.next().unwrap_or_default());
        for piece in pieces {
            if let Some(value) = values.next() {
                self.push_value(value);
            }
            self.push(piece);
        }
    }

    /// A statement without values yet.
    pub fn new(sql: impl Into<Cow<'static, str>>) -> Self {
        Self { sql: sql.into(), values: Vec::new(), expected: None }
    }

    /// The value of the next parameter.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Makes the write fail with [`DatabaseError::RowCount`], and with it all it is executed with, unless it touches
    /// exactly this many rows. This is how an optimistic check stops a whole unit of work in one round trip.
    #[must_use]
    pub fn expect_rows(mut self, rows: u64) -> Self {
        self.expected = Some(rows);
        self
    }

    /// Ends an `INSERT`: where these columns (of a unique constraint) hold the same values already, the row stays as it is.
    #[must_use]
    pub fn on_conflict_do_nothing(mut self, key: &[&str]) -> Self {
        for text in [" ON CONFLICT (", &key.join(", "), ") DO NOTHING"] {
            self.push(text);
        }
        self
    }

    /// Ends an `INSERT`: where the columns of `key` hold the same values already, that row gets the new values of `columns`.
    ///
    /// ```
    /// # use heimdall::database::Columns;
    /// let city = Columns::new().set("id", 7_i64).set("name", "Trondheim").insert_into("city");
    /// assert_eq!(
    ///     city.on_conflict_update(&["id"], &["name"]).sql(),
    ///     "INSERT INTO city (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = excluded.name"
    /// );
    /// ```
    #[must_use]
    pub fn on_conflict_update(mut self, key: &[&str], columns: &[&str]) -> Self {
        for text in [" ON CONFLICT (", &key.join(", "), ") DO UPDATE"] {
            self.push(text);
        }
        for (number, column) in columns.iter().enumerate() {
            for text in [if number == 0 { " SET " } else { ", " }, column, " = excluded.", column] {
                self.push(text);
            }
        }
        self
    }

    /// The statement.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// Its values, `$1` first.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    pub(super) fn into_values(self) -> Vec<Value> {
        self.values
    }

    pub(super) fn expected(&self) -> Option<u64> {
        self.expected
    }

    /// As the driver of Postgres takes it.
    pub(super) fn for_postgres(self) -> Result<Prepared<'static, Postgres, PgArguments>, DatabaseError> {
        let mut arguments = PgArguments::default();
        for value in self.values {
            value.add_to_postgres(&mut arguments).map_err(DatabaseError::encode)?;
        }
        Ok(sqlx::query_with(AssertSqlSafe(self.sql), arguments))
    }

    /// As the driver of `SQLite` takes it.
    pub(super) fn for_sqlite(self) -> Result<Prepared<'static, Sqlite, SqliteArguments>, DatabaseError> {
        let mut arguments = SqliteArguments::default();
        for value in self.values {
            value.add_to_sqlite(&mut arguments).map_err(DatabaseError::encode)?;
        }
        Ok(sqlx::query_with(AssertSqlSafe(self.sql), arguments))
    }
}

/// Fails when a count is not the one that was asked for; `index` says which of several statements it was.
pub(super) fn check(expected: Option<u64>, index: usize, rows: u64) -> Result<u64, DatabaseError> {
    match expected {
        Some(expected) if expected != rows => Err(DatabaseError::RowCount { index, expected, rows }),
        _ => Ok(rows),
    }
}
