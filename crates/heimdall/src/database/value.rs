//! Values that go into a query, and how each database keeps them.

use chrono::{DateTime, Utc};
use sqlx::Arguments;
use sqlx::error::BoxDynError;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use uuid::Uuid;

/// A value of a query's parameter.
///
/// | value | Postgres | `SQLite` (`STRICT` tables) |
/// |---|---|---|
/// | `Text` | `text` | `TEXT` |
/// | `Integer` | `bigint` | `INTEGER` |
/// | `Boolean` | `boolean` | `INTEGER` 0 or 1 |
/// | `Bytes` | `bytea` | `BLOB` |
/// | `Uuid` | `uuid` | `TEXT`, hyphenated, lower case |
/// | `Time` | `timestamptz` | `INTEGER`, microseconds since 1970 |
/// | `Json` | `jsonb` | `TEXT` |
/// | `Texts`, `Integers`, `Uuids` | an array | `TEXT`, a JSON array, for [`Dialect::any`](super::Dialect::any) |
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A whole number that is not negative; kept like `Integer`, and refused beyond its range.
    Unsigned(u64),
    /// A truth value.
    Boolean(bool),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An id.
    Uuid(Uuid),
    /// A moment, kept to the microsecond.
    Time(DateTime<Utc>),
    /// A JSON document.
    Json(serde_json::Value),
    /// A list of texts.
    Texts(Vec<String>),
    /// A list of whole numbers.
    Integers(Vec<i64>),
    /// A list of ids.
    Uuids(Vec<Uuid>),
    /// Nothing, of a type (Postgres wants to know which).
    Null(Kind),
}

/// The type of a value that is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// See [`Value::Text`].
    Text,
    /// See [`Value::Integer`].
    Integer,
    /// See [`Value::Unsigned`].
    Unsigned,
    /// See [`Value::Boolean`].
    Boolean,
    /// See [`Value::Bytes`].
    Bytes,
    /// See [`Value::Uuid`].
    Uuid,
    /// See [`Value::Time`].
    Time,
    /// See [`Value::Json`].
    Json,
}

impl Value {
    pub(super) fn add_to_postgres(self, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
        match self {
            Self::Text(value) => arguments.add(value),
            Self::Integer(value) => arguments.add(value),
            Self::Unsigned(value) => arguments.add(i64::try_from(value)?),
            Self::Boolean(value) => arguments.add(value),
            Self::Bytes(value) => arguments.add(value),
            Self::Uuid(value) => arguments.add(value),
            Self::Time(value) => arguments.add(value),
            Self::Json(value) => arguments.add(value),
            Self::Texts(value) => arguments.add(value),
            Self::Integers(value) => arguments.add(value),
            Self::Uuids(value) => arguments.add(value),
            Self::Null(Kind::Text) => arguments.add(None::<String>),
            Self::Null(Kind::Integer | Kind::Unsigned) => arguments.add(None::<i64>),
            Self::Null(Kind::Boolean) => arguments.add(None::<bool>),
            Self::Null(Kind::Bytes) => arguments.add(None::<Vec<u8>>),
            Self::Null(Kind::Uuid) => arguments.add(None::<Uuid>),
            Self::Null(Kind::Time) => arguments.add(None::<DateTime<Utc>>),
            Self::Null(Kind::Json) => arguments.add(None::<serde_json::Value>),
        }
    }

    pub(super) fn add_to_sqlite(self, arguments: &mut SqliteArguments) -> Result<(), BoxDynError> {
        match self {
            Self::Text(value) => arguments.add(value),
            Self::Integer(value) => arguments.add(value),
            Self::Unsigned(value) => arguments.add(i64::try_from(value)?),
            Self::Boolean(value) => arguments.add(i64::from(value)),
            Self::Bytes(value) => arguments.add(value),
            Self::Uuid(value) => arguments.add(value.hyphenated().to_string()),
            Self::Time(value) => arguments.add(value.timestamp_micros()),
            Self::Json(value) => arguments.add(value.to_string()),
            Self::Texts(value) => arguments.add(serde_json::to_string(&value)?),
            Self::Integers(value) => arguments.add(serde_json::to_string(&value)?),
            Self::Uuids(value) => arguments.add(serde_json::to_string(&value)?),
            Self::Null(_) => arguments.add(None::<String>),
        }
    }
}

/// Says how a Rust type becomes a [`Value`], and which type its absence has.
macro_rules! from {
    ($($rust:ty => $kind:ident, |$value:ident| $convert:expr;)*) => {$(
        impl From<$rust> for Value {
            fn from($value: $rust) -> Self {
                Self::$kind($convert)
            }
        }
        impl From<Option<$rust>> for Value {
            fn from(value: Option<$rust>) -> Self {
                value.map_or(Self::Null(Kind::$kind), Self::from)
            }
        }
    )*};
}

from! {
    String => Text, |value| value;
    &str => Text, |value| value.to_owned();
    &String => Text, |value| value.clone();
    i64 => Integer, |value| value;
    i32 => Integer, |value| i64::from(value);
    u32 => Integer, |value| i64::from(value);
    u64 => Unsigned, |value| value;
    bool => Boolean, |value| value;
    Vec<u8> => Bytes, |value| value;
    &[u8] => Bytes, |value| value.to_vec();
    bytes::Bytes => Bytes, |value| value.to_vec();
    Uuid => Uuid, |value| value;
    DateTime<Utc> => Time, |value| value;
    serde_json::Value => Json, |value| value;
}

impl From<Vec<String>> for Value {
    fn from(value: Vec<String>) -> Self {
        Self::Texts(value)
    }
}

impl From<Vec<i64>> for Value {
    fn from(value: Vec<i64>) -> Self {
        Self::Integers(value)
    }
}

impl From<Vec<Uuid>> for Value {
    fn from(value: Vec<Uuid>) -> Self {
        Self::Uuids(value)
    }
}
