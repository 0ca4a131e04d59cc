//! Section `database` of the configuration.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{DatabaseError, Dialect};

/// Section `database`: where the data lives and how it is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `postgres://user:password@host:port/name` or `sqlite:<path>`. It may carry a password, hence a secret.
    pub url: SecretString,
    /// Connections at most (`SQLite`: readers at most; there is always exactly one writer).
    pub max_connections: u32,
    /// How long a call waits for a connection, in milliseconds, before it fails as unavailable (`SQLite`: busy).
    pub acquire_timeout_ms: u64,
    /// How long one statement may take on Postgres, in milliseconds, before its call fails as unavailable.
    pub statement_timeout_ms: u64,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            url: SecretString::from(""),
            max_connections: 16,
            acquire_timeout_ms: 3_000,
            statement_timeout_ms: 30_000,
        }
    }
}

impl DatabaseConfig {
    /// The defaults, at this address.
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: SecretString::from(url.into()), ..Self::default() }
    }

    /// Which database the address means. Fails with [`DatabaseError::Configuration`] when it means none.
    pub fn dialect(&self) -> Result<Dialect, DatabaseError> {
        let url = self.url.expose_secret();
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Dialect::Postgres)
        } else if url.starts_with("sqlite:") {
            Ok(Dialect::Sqlite)
        } else {
            Err(DatabaseError::configuration(
                "database.url must start with `postgres://` or `sqlite:` (for example `sqlite:.valkyrie/valkyrie.db`)",
            ))
        }
    }

    /// The file that `sqlite:<path>` names; `sqlite:///absolute` and `sqlite://relative` are read as well.
    pub(super) fn sqlite_path(&self) -> Result<PathBuf, DatabaseError> {
        let url = self.url.expose_secret();
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
