//! Section `database` of the configuration.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DatabaseError, Dialect};
use crate::config::{Secret, Section, Violation};

/// What addresses look like.
const ADDRESSES: &str = "must start with `postgres://` or `sqlite:` (for example `sqlite:.valkyrie/valkyrie.db`)";

/// Section `database`: where the data lives and how it is reached.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct DatabaseConfig {
    /// `postgres://user:password@host:port/name` or `sqlite:<path>`. It may carry a password, hence a secret.
    pub url: Secret,
    /// Connections at most (`SQLite`: readers at most; there is always exactly one writer).
    pub max_connections: u32,
    /// How long a call waits for a connection, in milliseconds, before it fails as unavailable (`SQLite`: busy).
    pub acquire_timeout_ms: u64,
    /// How long one statement may take on Postgres, in milliseconds, before its call fails as unavailable.
    pub statement_timeout_ms: u64,
    /// Whether the service brings its schema up to date when it starts. Else it waits until `<service> migrate` has.
    pub migrate: bool,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            url: Secret::default(),
            max_connections: 16,
            acquire_timeout_ms: 3_000,
            statement_timeout_ms: 30_000,
            migrate: true,
        }
    }
}

impl Section for DatabaseConfig {
    const PATH: &'static str = "database";

    /// An address that is not set is no error: not every service has a database.
    fn validate(&self) -> Vec<Violation> {
        let url = Violation::unless(self.url.is_empty() || self.dialect().is_ok(), "url", ADDRESSES);
        let positive = |value: u64, key| Violation::unless(value > 0, key, "must be more than 0");
        let limits = [
            positive(self.max_connections.into(), "max_connections"),
            positive(self.acquire_timeout_ms, "acquire_timeout_ms"),
            positive(self.statement_timeout_ms, "statement_timeout_ms"),
        ];
        url.into_iter().chain(limits.into_iter().flatten()).collect()
    }
}

impl DatabaseConfig {
    /// The defaults, at this address.
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: Secret::from(url.into()), ..Self::default() }
    }

    /// Which database the address means. Fails with [`DatabaseError::Configuration`] when it means none.
    pub fn dialect(&self) -> Result<Dialect, DatabaseError> {
        let url = self.url.expose();
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Dialect::Postgres)
        } else if url.starts_with("sqlite:") {
            Ok(Dialect::Sqlite)
        } else {
            Err(DatabaseError::configuration(format!("database.url {ADDRESSES}")))
        }
    }

    /// The file that `sqlite:<path>` names; `sqlite:///absolute` and `sqlite://relative` are read as well.
    pub(super) fn sqlite_path(&self) -> Result<PathBuf, DatabaseError> {
        let url = self.url.expose();
        let rest = url.strip_prefix("sqlite:").unwrap_or(url);
        let path = rest.strip_prefix("//").unwrap_or(rest);
        if path.is_empty() || path == ":memory:" {
            return Err(DatabaseError::configuration(
                "database.url must name a file: a database in memory cannot be shared by a writer and readers",
            ));
        }
        if path.contains('?') {
            return Err(DatabaseError::configuration(
                "database.url takes no parameters for SQLite: write `sqlite:<path>` without `?`",
            ));
        }
        Ok(PathBuf::from(path))
    }
}
