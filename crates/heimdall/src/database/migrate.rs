//! Migrations: embedded, run once among many replicas, and never against a schema from the future.

use std::borrow::Cow;

use sqlx::migrate::{Migrate, MigrateError, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _};

use super::{Backend, Database, DatabaseError, Dialect, Query, portable};

/// An application's migrations: one list per dialect, and the table that remembers which ones ran.
///
/// Numbers rise; what has run is never edited. Each list runs in one transaction, so a statement that can't
/// (`CREATE INDEX CONCURRENTLY`) has no place here.
#[derive(Debug, Clone, Copy)]
pub struct Migrations {
    /// The table of history, `<application>_migrations`.
    pub history: &'static str,
    /// What runs on Postgres.
    pub postgres: &'static [Migration],
    /// What runs on `SQLite`.
    pub sqlite: &'static [Migration],
}

impl Migrations {
    /// Steps that are written once for both databases ([`Migration::portable`]), and the table of history. Where they are
    /// files, [`migrations!`](crate::migrations) is shorter.
    ///
    /// ```
    /// use heimdall::database::{Migration, Migrations};
    ///
    /// const ACCOUNTS: &str = "CREATE TABLE accounts (id uuid PRIMARY KEY, name text NOT NULL)";
    /// const MIGRATIONS: Migrations =
    ///     Migrations::portable("payments_migrations", &[Migration::portable("0001_accounts", ACCOUNTS)]);
    /// ```
    pub const fn portable(history: &'static str, steps: &'static [Migration]) -> Self {
        Self { history, postgres: steps, sqlite: steps }
    }
}

/// One step of a schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its number: 1, 2, ….
    pub version: i64,
    /// What it does, in a few words.
    pub name: &'static str,
    /// Its statements.
    pub sql: &'static str,
    /// Whether they are those of Postgres on `SQLite`, too.
    portable: bool,
}

impl Migration {
    /// A step with statements for one database; usually `include_str!("…/0001_name.sql")`.
    pub const fn new(version: i64, name: &'static str, sql: &'static str) -> Self {
        Self { version, name, sql, portable: false }
    }

    /// A step with statements for both databases, called `<four digits>_<name>` after its file; see
    /// [`migrations!`](crate::migrations).
    ///
    /// # Panics
    ///
    /// If the file is not called so; in a constant, that is an error of the compiler.
    pub const fn portable(file: &'static str, sql: &'static str) -> Self {
        let (digits, name) = file.split_at(4);
        let (mut version, mut index) = (0, 0);
        while index < 4 {
            let digit = digits.as_bytes()[index];
            assert!(
                digit.is_ascii_digit(),
                "a migration is called after four digits and an underscore, such as 0001_accounts"
            );
            version = version * 10 + (digit - b'0') as i64;
            index += 1;
        }
        let (underscore, name) = name.split_at(1);
        assert!(
            underscore.as_bytes()[0] == b'_' && version > 0,
            "a migration is called after four digits and an underscore, such as 0001_accounts"
        );
        Self { version, name, sql, portable: true }
    }

    fn sql_for(&self, dialect: Dialect) -> Cow<'static, str> {
        match dialect {
            Dialect::Sqlite if self.portable => portable::for_sqlite(self.sql).into(),
            _ => self.sql.into(),
        }
    }
}

/// The migrations in the folder `migrations` of the crate, which are written once for both databases: in the SQL of
/// Postgres that `SQLite` understands as well, with the types that a [`Value`](crate::database::Value) is kept as. For
/// `SQLite` the types are renamed, and tables are made `STRICT`.
///
/// The first argument is the table that remembers which have run; files are named without `.sql`. What has run is never
/// edited: add a file, and its name.
///
/// ```ignore
/// const MIGRATIONS: Migrations = heimdall::migrations!("payments_migrations", ["0001_accounts", "0002_limits"]);
/// ```
#[macro_export]
macro_rules! migrations {
    ($history:literal, [$($file:literal),* $(,)?]) => {{
        const STEPS: &[$crate::database::Migration] = &[$($crate::database::Migration::portable(
            $file,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $file, ".sql")),
        )),*];
        $crate::database::Migrations::portable($history, STEPS)
    }};
}

/// A migration that has not run yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingMigration {
    /// Whose history it belongs to.
    pub history: &'static str,
    /// Its number.
    pub version: i64,
    /// Its name.
    pub name: &'static str,
}

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrationError {
    /// The database was migrated by a newer program. Run that one.
    #[error("the schema is newer than this program: it knows no migration {version} of {history}")]
    Newer {
        /// The table of history.
        history: &'static str,
        /// The unknown migration.
        version: i64,
    },
    /// A migration has been edited after it ran.
    #[error("migration {version} of {history} is not the one that ran on this database")]
    Changed {
        /// The table of history.
        history: &'static str,
        /// The migration.
        version: i64,
    },
    /// A migration failed; none of them took effect.
    #[error("a migration of {history} failed")]
    Failed {
        /// The table of history.
        history: &'static str,
        /// The cause, which names the migration.
        #[source]
        source: MigrateError,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// heimdall's own tables, which come before any application's.
const HEIMDALL: Migrations = Migrations {
    history: "heimdall_migrations",
    postgres: &[Migration::new(1, "messaging", include_str!("../../migrations/postgres/0001_messaging.sql"))],
    sqlite: &[Migration::new(1, "messaging", include_str!("../../migrations/sqlite/0001_messaging.sql"))],
};

/// Any number will do, as long as nobody else locks it: "heimdall" in ASCII.
const ADVISORY_LOCK: i64 = 0x6865_696d_6461_6c6c;

impl Migrations {
    /// For an application that has no tables of its own.
    pub const NONE: Self = Self { history: "", postgres: &[], sqlite: &[] };

    fn of(&self, dialect: Dialect) -> &'static [Migration] {
        match dialect {
            Dialect::Postgres => self.postgres,
            Dialect::Sqlite => self.sqlite,
        }
    }

    async fn run<C: Migrate>(&self, dialect: Dialect, connection: &mut C) -> Result<(), MigrationError> {
        if self.of(dialect).is_empty() {
            return Ok(());
        }
        let steps = self.of(dialect).iter().map(|step| {
            let kind = MigrationType::Simple;
            sqlx::migrate::Migration::new(
                step.version,
                step.name.into(),
                kind,
                AssertSqlSafe(step.sql_for(dialect)).into_sql_str(),
                false,
            )
        });
        let mut migrator = Migrator::with_migrations(steps.collect());
        // The transaction around all of this holds a lock that ends with it, even when the process dies.
        migrator.set_locking(false);
        migrator.dangerous_set_table_name(self.history);
        migrator.run_direct(None, connection, false).await.map_err(|source| match source {
            MigrateError::VersionMissing(version) => MigrationError::Newer { history: self.history, version },
            MigrateError::VersionMismatch(version) => MigrationError::Changed { history: self.history, version },
            MigrateError::Execute(source) => DatabaseError::from_driver(dialect, source).into(),
            source => MigrationError::Failed { history: self.history, source },
        })
    }
}

impl Database {
    /// Brings heimdall's schema and then the application's up to date: all of it or nothing. Replicas that start
    /// together wait for the one that came first. Refuses a schema that is newer than this program.
    pub async fn migrate(&self, migrations: &Migrations) -> Result<(), MigrationError> {
        let dialect = self.dialect();
        let failed = |source| DatabaseError::from_driver(dialect, source);
        match &self.backend {
            Backend::Postgres(database) => {
                let mut work = database.open().await?;
                // Waiting for another replica, or building an index, may take longer than a request may.
                let lock = format!("SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock({ADVISORY_LOCK})");
                work.execute(sqlx::raw_sql(AssertSqlSafe(lock))).await.map_err(failed)?;
                HEIMDALL.run(dialect, &mut *work).await?;
                migrations.run(dialect, &mut *work).await?;
                work.commit().await.map_err(failed)?;
            }
            Backend::Sqlite(database) => {
                let mut work = database.open().await?;
                HEIMDALL.run(dialect, &mut *work).await?;
                migrations.run(dialect, &mut *work).await?;
                work.commit().await.map_err(failed)?;
            }
            Backend::Unopened(_) => return Err(DatabaseError::unopened().into()),
        }
        Ok(())
    }

    /// What [`Database::migrate`] would run. Empty when the schema is up to date; fails with
    /// [`MigrationError::Newer`] when it is ahead of this program.
    pub async fn pending_migrations(&self, migrations: &Migrations) -> Result<Vec<PendingMigration>, MigrationError> {
        let mut pending = Vec::new();
        for list in [&HEIMDALL, migrations] {
            let steps = list.of(self.dialect());
            if steps.is_empty() {
                continue;
            }
            let applied = self.applied(list.history).await?;
            if let Some(version) = applied.iter().find(|version| steps.iter().all(|step| step.version != **version)) {
                return Err(MigrationError::Newer { history: list.history, version: *version });
            }
            pending.extend(steps.iter().filter(|step| !applied.contains(&step.version)).map(|step| PendingMigration {
                history: list.history,
                version: step.version,
                name: step.name,
            }));
        }
        Ok(pending)
    }

    async fn applied(&self, history: &'static str) -> Result<Vec<i64>, DatabaseError> {
        let exists = match self.dialect() {
            Dialect::Postgres => "SELECT 1 AS one FROM pg_class WHERE oid = to_regclass($1)",
            Dialect::Sqlite => "SELECT 1 AS one FROM sqlite_master WHERE type = 'table' AND name = $1",
        };
        if self.fetch_optional(Query::new(exists).bind(history)).await?.is_none() {
            return Ok(Vec::new());
        }
        let rows = self.fetch_all(Query::new(format!("SELECT version FROM {history} ORDER BY version"))).await?;
        rows.iter().map(|row| row.get("version")).collect()
    }
}
