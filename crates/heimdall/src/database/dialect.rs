//! All SQL that differs between Postgres and `SQLite`.

/// Which database a query will meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// PostgreSQL 14 or newer.
    Postgres,
    /// The `SQLite` that is built in.
    Sqlite,
}

impl Dialect {
    /// The database's own time as an expression, as it is now (not as the transaction began).
    /// Leases use it, so that machines with different clocks agree.
    pub fn now(self) -> &'static str {
        match self {
            Self::Postgres => "clock_timestamp()",
            Self::Sqlite => "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
        }
    }

    /// The database's time, later by the microseconds in a parameter: `dialect.later("$3")`. Negative is earlier.
    pub fn later(self, microseconds: &str) -> String {
        match self {
            Self::Postgres => {
                format!("(clock_timestamp() + CAST({microseconds} AS bigint) * interval '1 microsecond')")
            }
            Self::Sqlite => format!("({} + {microseconds})", self.now()),
        }
    }

    /// A condition that holds when the column is one of the values of one list parameter
    /// ([`Value::Integers`](super::Value::Integers), `Texts` or `Uuids`): `dialect.any("seq", "$1")`.
    /// The text stays the same for any number of values, so the prepared statement does too.
    pub fn any(self, column: &str, parameter: &str) -> String {
        match self {
            Self::Postgres => format!("{column} = ANY({parameter})"),
            Self::Sqlite => format!("{column} IN (SELECT value FROM json_each({parameter}))"),
        }
    }

    /// Ends a `SELECT` that claims rows: others' rows are skipped on Postgres; `SQLite` has one writer and needs nothing.
    pub fn skip_locked(self) -> &'static str {
        match self {
            Self::Postgres => " FOR UPDATE SKIP LOCKED",
            Self::Sqlite => "",
        }
    }

    /// Ends a `SELECT` that locks its rows until the transaction ends.
    pub fn for_update(self) -> &'static str {
        match self {
            Self::Postgres => " FOR UPDATE",
            Self::Sqlite => "",
        }
    }

    /// The text at a path inside a JSON column, as an expression: `dialect.json_text("document", &["metadata", "name"])`.
    /// The path is part of the statement and must be a constant of the program.
    pub fn json_text(self, column: &str, path: &[&str]) -> String {
        match self {
            Self::Postgres => format!("({column} #>> '{{{}}}')", path.join(",")),
            Self::Sqlite => format!("json_extract({column}, '$.{}')", path.join(".")),
        }
    }
}
