//! The text of a statement while it is put together, with its values.

use std::fmt::Write as _;

use super::{Query, Value};

/// Text and values that grow together, so that a parameter's number is always its value's place.
#[derive(Debug)]
pub(super) struct Statement {
    sql: String,
    values: Vec<Value>,
}

impl Statement {
    /// A statement that begins like this, with room for so many values.
    pub(super) fn new(beginning: &str, values: usize) -> Self {
        let mut sql = String::with_capacity(beginning.len() + 64 + values * 24);
        sql.push_str(beginning);
        Self { sql, values: Vec::with_capacity(values) }
    }

    pub(super) fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    /// The next parameter, and its value.
    pub(super) fn bind(&mut self, value: Value) {
        self.values.push(value);
        // Writing to a String can't fail.
        let _ = write!(self.sql, "${}", self.values.len());
    }

    /// Text in which each `?` becomes the parameter of the next value.
    pub(super) fn push_with(&mut self, sql: &str, values: Vec<Value>) {
        let mut values = values.into_iter();
        let mut pieces = sql.split('?');
        self.push(pieces.next().unwrap_or_default());
        for piece in pieces {
            if let Some(value) = values.next() {
                self.bind(value);
            }
            self.push(piece);
        }
    }

    pub(super) fn into_query(self) -> Query {
        Query::with_values(self.sql, self.values)
    }
}
