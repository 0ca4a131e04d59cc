//! One list of columns with their values, from which `INSERT` and `UPDATE` are made.

use std::borrow::Cow;

use super::{Filter, Query, Value};

/// The columns of one row, each with its value: the one place where a table's columns are listed for writing.
///
/// Names must come from the program, never from input.
///
/// ```
/// # use heimdall::database::{Columns, Filter};
/// let city = || Columns::new().set("name", "Trondheim").set("people", 212_660_i64);
///
/// let insert = city().set("id", 7_i64).insert_into("city");
/// assert_eq!(insert.sql(), "INSERT INTO city (name, people, id) VALUES ($1, $2, $3)");
///
/// let update = city().update("city", Filter::new().equals("id", 7_i64).raw("gone_at IS NULL"));
/// assert_eq!(update.sql(), "UPDATE city SET name = $1, people = $2 WHERE id = $3 AND gone_at IS NULL");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Columns {
    cells: Vec<(&'static str, Cell)>,
}

#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Value(Value),
    Expression(Cow<'static, str>, Vec<Value>),
}

/// Several rows don't make one `INSERT`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowsError {
    /// There is none.
    #[error("an INSERT into {table} needs at least one row")]
    Empty {
        /// The table.
        table: &'static str,
    },
    /// A row has other columns than the first, or has them in another order.
    #[error("row {row} of an INSERT into {table} has the columns ({found}); expected ({expected}) as in row 0")]
    Different {
        /// The table.
        table: &'static str,
        /// Which row, from 0.
        row: usize,
        /// Its columns.
        found: String,
        /// The columns of the first row.
        expected: String,
    },
}

impl Columns {
    /// No columns yet.
    pub fn new() -> Self {
        // Most tables fit, so that the list rarely moves.
        Self { cells: Vec::with_capacity(12) }
    }

    /// The column gets this value.
    #[must_use]
    pub fn set(mut self, column: &'static str, value: impl Into<Value>) -> Self {
        self.cells.push((column, Cell::Value(value.into())));
        self
    }

    /// The column gets what this expression gives; each `?` in it is the next of `values`.
    ///
    /// ```
    /// # use heimdall::database::Columns;
    /// let next = "(SELECT COALESCE(MAX(number), 0) FROM line WHERE poem = ?) + 1";
    /// let insert = Columns::new().set("poem", 5_i64).set_expression("number", next, [5_i64.into()]).insert_into("line");
    /// assert_eq!(
    ///     insert.sql(),
    ///     "INSERT INTO line (poem, number) VALUES ($1, (SELECT COALESCE(MAX(number), 0) FROM line WHERE poem = $2) + 1)"
    /// );
    /// ```
    #[must_use]
    pub fn set_expression(
        mut self,
        column: &'static str,
        expression: impl Into<Cow<'static, str>>,
        values: impl IntoIterator<Item = Value>,
    ) -> Self {
        self.cells.push((column, Cell::Expression(expression.into(), values.into_iter().collect())));
        self
    }

    /// `INSERT INTO table (…) VALUES (…)`.
    pub fn insert_into(self, table: &str) -> Query {
        let mut query = self.insert(table, 1);
        self.push_row(&mut query);
        query
    }

    /// `INSERT INTO table (…) VALUES (…), (…), …`: all rows have the same columns in the same order.
    ///
    /// ```
    /// # use heimdall::database::Columns;
    /// let row = |name: &str| Columns::new().set("id", 1_i64).set("name", name);
    /// let insert = Columns::insert_all("city", vec![row("Oslo"), row("Bergen")])?;
    /// assert_eq!(insert.sql(), "INSERT INTO city (id, name) VALUES ($1, $2), ($3, $4)");
    ///
    /// let error = Columns::insert_all("city", vec![row("Oslo"), Columns::new().set("id", 2_i64)]).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "row 1 of an INSERT into city has the columns (id); expected (id, name) as in row 0"
    /// );
    /// # Ok::<(), heimdall::database::RowsError>(())
    /// ```
    pub fn insert_all(table: &'static str, rows: Vec<Self>) -> Result<Query, RowsError> {
        let first = rows.first().ok_or(RowsError::Empty { table })?;
        if let Some(row) = rows.iter().position(|row| !row.has_columns_of(first)) {
            let (found, expected) = (rows[row].names(), first.names());
            return Err(RowsError::Different { table, row, found, expected });
        }
        let mut query = first.insert(table, rows.len());
        for (number, row) in rows.into_iter().enumerate() {
            if number > 0 {
                query.push(", ");
            }
            row.push_row(&mut query);
        }
        Ok(query)
    }

    /// `UPDATE table SET … WHERE …`: of the rows that the filter lets through.
    pub fn update(self, table: &str, filter: Filter) -> Query {
        let mut query = Query::begin("UPDATE ", self.cells.len() + 4);
        query.push(table);
        for (number, (column, cell)) in self.cells.into_iter().enumerate() {
            query.push(if number == 0 { " SET " } else { ", " });
            query.push(column);
            query.push(" = ");
            cell.push_to(&mut query);
        }
        filter.push_to(&mut query);
        query
    }

    fn insert(&self, table: &str, rows: usize) -> Query {
        let mut query = Query::begin("INSERT INTO ", self.cells.len() * rows);
        query.push(table);
        for (number, (column, _)) in self.cells.iter().enumerate() {
            query.push(if number == 0 { " (" } else { ", " });
            query.push(column);
        }
        query.push(") VALUES ");
        query
    }

    fn push_row(self, query: &mut Query) {
        for (number, (_, cell)) in self.cells.into_iter().enumerate() {
            query.push(if number == 0 { "(" } else { ", " });
            cell.push_to(query);
        }
        query.push(")");
    }

    fn has_columns_of(&self, other: &Self) -> bool {
        self.cells.iter().map(|(column, _)| column).eq(other.cells.iter().map(|(column, _)| column))
    }

    fn names(&self) -> String {
        let names: Vec<_> = self.cells.iter().map(|(column, _)| *column).collect();
        names.join(", ")
    }
}

impl Cell {
    fn push_to(self, query: &mut Query) {
        match self {
            Self::Value(value) => query.push_value(value),
            Self::Expression(sql, values) => query.push_with(&sql, values),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_at_the_places_of_their_parameters() {
        let row = |id: i64| {
            Columns::new().set("id", id).set_expression("next", "? + ?", [id.into(), 1_i64.into()]).set("name", "x")
        };
        let query = Columns::insert_all("a", vec![row(1), row(2)]).unwrap();
        assert_eq!(query.sql(), "INSERT INTO a (id, next, name) VALUES ($1, $2 + $3, $4), ($5, $6 + $7, $8)");
        let expected: Vec<Value> =
            vec![1.into(), 1.into(), 1.into(), "x".into(), 2.into(), 2.into(), 1.into(), "x".into()];
        assert_eq!(query.values(), expected);

        let update = Columns::new().set("name", "y").update("a", Filter::new().equals("id", 3_i64));
        assert_eq!(update.sql(), "UPDATE a SET name = $1 WHERE id = $2");
        assert_eq!(update.values(), ["y".into(), Value::Integer(3)]);
    }

    #[test]
    fn no_row_is_no_insert() {
        assert_eq!(Columns::insert_all("a", Vec::new()), Err(RowsError::Empty { table: "a" }));
    }

    #[test]
    fn rows_with_columns_in_another_order_are_refused() {
        let rows = vec![Columns::new().set("a", 1).set("b", 2), Columns::new().set("b", 2).set("a", 1)];
        let error = Columns::insert_all("t", rows).unwrap_err();
        assert_eq!(error.to_string(), "row 1 of an INSERT into t has the columns (b, a); expected (a, b) as in row 0");
    }
}
