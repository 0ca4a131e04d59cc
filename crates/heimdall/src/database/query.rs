//! A statement with its values, before it meets a database.

use std::borrow::Cow;

use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;

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
        let sql = self.sql.to_mut();
        sql.push_str(" ON CONFLICT (");
        sql.push_str(&key.join(", "));
        sql.push_str(") DO NOTHING");
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
        let sql = self.sql.to_mut();
        sql.push_str(" ON CONFLICT (");
        sql.push_str(&key.join(", "));
        sql.push_str(") DO UPDATE");
        for (number, column) in columns.iter().enumerate() {
            sql.push_str(if number == 0 { " SET " } else { ", " });
            sql.push_str(column);
            sql.push_str(" = excluded.");
            sql.push_str(column);
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

    pub(super) fn for_postgres(self) -> Result<(Cow<'static, str>, PgArguments), DatabaseError> {
        let mut arguments = PgArguments::default();
        for value in self.values {
            value.add_to_postgres(&mut arguments).map_err(DatabaseError::encode)?;
        }
        Ok((self.sql, arguments))
    }

    pub(super) fn for_sqlite(self) -> Result<(Cow<'static, str>, SqliteArguments), DatabaseError> {
        let mut arguments = SqliteArguments::default();
        for value in self.values {
            value.add_to_sqlite(&mut arguments).map_err(DatabaseError::encode)?;
        }
        Ok((self.sql, arguments))
    }
}

/// Fails when a count is not the one that was asked for; `index` says which of several statements it was.
pub(super) fn check(expected: Option<u64>, index: usize, rows: u64) -> Result<u64, DatabaseError> {
    match expected {
        Some(expected) if expected != rows => Err(DatabaseError::RowCount { index, expected, rows }),
        _ => Ok(rows),
    }
}
