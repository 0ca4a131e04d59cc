//! One transaction type over Postgres and `SQLite`.
