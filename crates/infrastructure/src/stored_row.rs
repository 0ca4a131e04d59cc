//! Rows that were stored, read so that an error says which row of which table makes no sense.

use std::error::Error;

use application::ports::StoreError;
use heimdall::database::{Column, DatabaseError, Row};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::errors::StoredRowError;

/// A table, and the columns by which a row of it is named. Whoever reads rows selects these columns as well.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) key: &'static [&'static str],
}

impl Table {
    /// A row that came from this table.
    pub(crate) fn row<'a>(&'a self, row: &'a Row) -> StoredRow<'a> {
        StoredRow { table: self, row }
    }
}

/// A row of a table.
#[derive(Clone, Copy)]
pub(crate) struct StoredRow<'a> {
    table: &'a Table,
    row: &'a Row,
}

impl StoredRow<'_> {
    /// The value of a column.
    pub(crate) fn get<T: Column>(&self, column: &'static str) -> Result<T, StoreError> {
        self.row.get(column).map_err(|error| match error {
            // Which column it is, the error says itself.
            DatabaseError::Column { source, .. } => self.broken(column, source),
            other => self.broken(column, other),
        })
    }

    /// The value of a column, converted.
    pub(crate) fn parse<C: Column, T, E: Into<Box<dyn Error + Send + Sync>>>(
        &self,
        column: &'static str,
        convert: impl FnOnce(C) -> Result<T, E>,
    ) -> Result<T, StoreError> {
        convert(self.get(column)?).map_err(|error| self.broken(column, error))
    }

    /// A whole number, in the range of its type.
    pub(crate) fn number<T>(&self, column: &'static str) -> Result<T, StoreError>
    where
        T: TryFrom<i64>,
        T::Error: Error + Send + Sync + 'static,
    {
        self.parse(column, |number: i64| T::try_from(number))
    }

    /// A JSON document, of a type.
    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        self.parse(column, |value: Value| serde_json::from_value(value))
    }

    /// The error that this column makes no sense.
    pub(crate) fn broken(&self, column: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> StoreError {
        let key: Vec<_> = self.table.key.iter().map(|name| format!("{name} {}", self.text(name))).collect();
        let error = StoredRowError { table: self.table.name, column, key: key.join(", "), source: source.into() };
        StoreError::Broken(error.into())
    }

    /// A column of the key, whatever its type; it may be the one that makes no sense.
    fn text(&self, column: &str) -> String {
        let id = self.row.get::<Uuid>(column).map(|id| id.to_string());
        let text = id.or_else(|_| self.row.get::<String>(column));
        text.or_else(|_| self.row.get::<i64>(column).map(|number| number.to_string()))
            .unwrap_or_else(|_| "?".to_owned())
    }
}
