//! Rows that come back, and the Rust types a column can be read as.

use chrono::{DateTime, Utc};
use sqlx::Row as _;
use sqlx::error::UnexpectedNullError;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::DatabaseError;

/// One row of an answer.
pub struct Row(pub(super) Inner);

pub(super) enum Inner {
    Postgres(PgRow),
    Sqlite(SqliteRow),
}

impl Row {
    /// The value of a column. `Option<T>` reads a column that may be absent; without it, absence is an error.
    ///
    /// Reads `String`, `i64`, `u64`, `bool`, `Vec<u8>`, `Uuid`, `DateTime<Utc>` and `serde_json::Value`.
    pub fn get<T: Column>(&self, column: &str) -> Result<T, DatabaseError> {
        T::read(self, column).map_err(|source| DatabaseError::Column { column: column.to_owned(), source })
    }

    /// The value of a column of text that the application reads, for example `row.parse("item", Item::parse)`. What it
    /// refuses is reported with the column's name.
    pub fn parse<T, E>(&self, column: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<T, DatabaseError>
    where
        E: Into<sqlx::error::BoxDynError>,
    {
        parse(&self.get::<String>(column)?)
            .map_err(|source| DatabaseError::Column { column: column.to_owned(), source: decode(source) })
    }
}

impl std::fmt::Debug for Row {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Row")
    }
}

mod sealed {
    pub trait Sealed {}
}

/// A Rust type that a column can be read as. The list is closed: see [`Value`](super::Value) for what each type is kept as.
pub trait Column: sealed::Sealed + Sized {
    #[doc(hidden)]
    fn read(row: &Row, column: &str) -> Result<Self, sqlx::Error>;
}

macro_rules! column {
    ($($rust:ty, $sqlite:ty, |$value:ident| $convert:expr;)*) => {$(
        impl sealed::Sealed for $rust {}
        impl sealed::Sealed for Option<$rust> {}
        impl Column for $rust {
            fn read(row: &Row, column: &str) -> Result<Self, sqlx::Error> {
                match &row.0 {
                    Inner::Postgres(row) => row.try_get(column),
                    // The driver would read an absent number as 0.
                    Inner::Sqlite(row) => {
                        let $value = row.try_get::<Option<$sqlite>, _>(column)?.ok_or_else(|| decode(UnexpectedNullError))?;
                        $convert
                    }
                }
            }
        }
        impl Column for Option<$rust> {
            fn read(row: &Row, column: &str) -> Result<Self, sqlx::Error> {
                match &row.0 {
                    Inner::Postgres(row) => row.try_get(column),
                    Inner::Sqlite(row) => {
                        row.try_get::<Option<$sqlite>, _>(column)?.map(|$value| $convert).transpose()
                    }
                }
            }
        }
    )*};
}

column! {
    String, String, |value| Ok(value);
    i64, i64, |value| Ok(value);
    bool, i64, |value| Ok(value != 0);
    Vec<u8>, Vec<u8>, |value| Ok(value);
    Uuid, String, |value| Uuid::parse_str(&value).map_err(decode);
    DateTime<Utc>, i64, |value| {
        DateTime::from_timestamp_micros(value).ok_or_else(|| decode("microseconds out of the calendar's range"))
    };
    serde_json::Value, String, |value| serde_json::from_str(&value).map_err(decode);
}

impl sealed::Sealed for u64 {}
impl Column for u64 {
    fn read(row: &Row, column: &str) -> Result<Self, sqlx::Error> {
        i64::read(row, column).and_then(|value| Self::try_from(value).map_err(decode))
    }
}

fn decode(source: impl Into<sqlx::error::BoxDynError>) -> sqlx::Error {
    sqlx::Error::Decode(source.into())
}
