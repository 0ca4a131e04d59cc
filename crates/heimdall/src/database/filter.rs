//! The conditions of a `WHERE`.

use std::borrow::Cow;

use super::{Dialect, Query, Value};

/// Conditions that must all hold. Only those that were asked for stand in the statement, so that the database can use its
/// indexes. Columns and conditions must come from the program, never from input.
///
/// ```
/// # use heimdall::database::Filter;
/// let (country, name) = (Some("no"), None::<&str>);
/// let filter = Filter::new().equals_if("country", country).equals_if("name", name).raw("gone_at IS NULL");
/// let query = filter.select("SELECT id FROM city", "ORDER BY id");
/// assert_eq!(query.sql(), "SELECT id FROM city WHERE country = $1 AND gone_at IS NULL ORDER BY id");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    conditions: Vec<Condition>,
}

#[derive(Debug, Clone, PartialEq)]
enum Condition {
    /// Holds without a value.
    Raw(&'static str),
    /// A column and an operator before a value.
    Compares(&'static str, &'static str, Value),
    /// Text with a `?` for its value.
    With(Cow<'static, str>, Value),
}

impl Filter {
    /// No condition yet: all rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// A condition without a value, such as `gone_at IS NULL`.
    #[must_use]
    pub fn raw(mut self, condition: &'static str) -> Self {
        self.conditions.push(Condition::Raw(condition));
        self
    }

    /// The column has this value.
    #[must_use]
    pub fn equals(self, column: &'static str, value: impl Into<Value>) -> Self {
        self.compares(column, "=", value)
    }

    /// The column has this value, if one was asked for.
    #[must_use]
    pub fn equals_if(self, column: &'static str, value: Option<impl Into<Value>>) -> Self {
        self.compares_if(column, "=", value)
    }

    /// The operator, such as `<`, holds between the column and this value.
    #[must_use]
    pub fn compares(mut self, column: &'static str, operator: &'static str, value: impl Into<Value>) -> Self {
        self.conditions.push(Condition::Compares(column, operator, value.into()));
        self
    }

    /// The operator holds between the column and this value, if one was asked for.
    #[must_use]
    pub fn compares_if(self, column: &'static str, operator: &'static str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.compares(column, operator, value),
            None => self,
        }
    }

    /// The column has one of these values, if any was asked for. The text is the same for any number of them.
    #[must_use]
    pub fn one_of_if(mut self, dialect: Dialect, column: &'static str, values: Vec<String>) -> Self {
        if !values.is_empty() {
            self.conditions.push(Condition::With(dialect.any(column, "?").into(), values.into()));
        }
        self
    }

    /// `select … WHERE … tail`.
    pub fn select(self, select: &str, tail: &str) -> Query {
        let mut query = Query::begin(select, self.conditions.len());
        self.push_to(&mut query);
        if !tail.is_empty() {
            query.push(" ");
            query.push(tail);
        }
        query
    }

    /// `DELETE FROM table WHERE …`.
    pub fn delete_from(self, table: &str) -> Query {
        let mut query = Query::begin("DELETE FROM ", self.conditions.len());
        query.push(table);
        self.push_to(&mut query);
        query
    }

    /// ` WHERE …`, or nothing where there are no conditions.
    pub(super) fn push_to(self, query: &mut Query) {
        for (number, condition) in self.conditions.into_iter().enumerate() {
            query.push(if number == 0 { " WHERE " } else { " AND " });
            match condition {
                Condition::Raw(text) => query.push(text),
                Condition::Compares(column, operator, value) => {
                    for text in [column, " ", operator, " "] {
                        query.push(text);
                    }
                    query.push_value(value);
                }
                Condition::With(text, value) => query.push_with(&text, vec![value]),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_joined_in_order_with_their_values() {
        let filter = || {
            Filter::new()
                .compares_if("id", "<", Some(9_i64))
                .one_of_if(Dialect::Postgres, "status", vec!["a".to_owned(), "b".to_owned()])
                .one_of_if(Dialect::Postgres, "kind", Vec::new())
                .raw("deleted_at IS NULL")
        };
        let query = filter().select("SELECT 1 FROM t", "LIMIT 5");
        assert_eq!(query.sql(), "SELECT 1 FROM t WHERE id < $1 AND status = ANY($2) AND deleted_at IS NULL LIMIT 5");
        assert_eq!(query.values(), [9.into(), Value::from(vec!["a".to_owned(), "b".to_owned()])]);
        assert_eq!(
            filter().delete_from("t").sql(),
            "DELETE FROM t WHERE id < $1 AND status = ANY($2) AND deleted_at IS NULL"
        );
        assert_eq!(Filter::new().select("SELECT 1 FROM t", "").sql(), "SELECT 1 FROM t");
    }
}
