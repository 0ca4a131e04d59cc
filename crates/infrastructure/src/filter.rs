use heimdall::database::{Dialect, Query, Value};

/// The conditions of a list: only those that were asked for stand in the statement, so that the database can use its indexes.
#[derive(Default)]
pub(crate) struct Filter {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Filter {
    /// A condition without a value. The text is the program's own, never input.
    pub(crate) fn raw(&mut self, condition: &'static str) {
        self.conditions.push(condition.to_owned());
    }

    /// The column has this value.
    pub(crate) fn equals(&mut self, column: &'static str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.conditions.push(format!("{column} = ${}", self.values.len()));
    }

    /// The column has this value, if one was asked for.
    pub(crate) fn equals_if(&mut self, column: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.equals(column, value);
        }
    }

    /// The column and operator (`created_at >=`) hold for this value, if one was asked for.
    pub(crate) fn compares_if(&mut self, column_and_operator: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.values.push(value.into());
            self.conditions.push(format!("{column_and_operator} ${}", self.values.len()));
        }
    }

    /// The column has one of these values.
    pub(crate) fn any(&mut self, dialect: Dialect, column: &'static str, values: Vec<String>) {
        self.values.push(values.into());
        self.conditions.push(dialect.any(column, &format!("${}", self.values.len())));
    }

    /// `select … WHERE …conditions… tail`.
    pub(crate) fn query(self, select: &str, tail: &str) -> Query {
        let conditions = if self.conditions.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", self.conditions.join(" AND "))
        };
        self.values.into_iter().fold(Query::new(format!("{select}{conditions} {tail}")), Query::bind)
    }
}
