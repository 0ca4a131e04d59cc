//! Databases that live as long as a test.
#![allow(clippy::expect_used, clippy::missing_panics_doc, reason = "a test that gets no database has failed")]

use std::ops::Deref;
use std::sync::Arc;

use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;

use crate::clock::SystemClock;
use crate::database::{Database, DatabaseConfig, Migrations};
use crate::messaging::embedded::{EmbeddedConfig, EmbeddedLog};
use crate::messaging::log::Log;

/// The variable that names a Postgres server on which tests may make and drop databases.
pub const POSTGRES_URL: &str = "VALKYRIE_TEST_POSTGRES_URL";

/// A migrated database of one test. It reads as a [`Database`], and is gone when it is dropped.
pub struct TestDatabase {
    database: Database,
    url: String,
    migrations: Migrations,
    _home: Home,
}

/// What has to be taken away.
enum Home {
    Folder { _folder: TempDir },
    Server { _server: TemporaryPostgres },
}

impl TestDatabase {
    /// A `SQLite` file in a temporary folder, with heimdall's tables.
    pub async fn sqlite() -> Self {
        Self::sqlite_with(&Migrations::NONE).await
    }

    /// The same, with an application's tables too.
    pub async fn sqlite_with(migrations: &Migrations) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self::open(url, migrations, Home::Folder { _folder: folder }).await
    }

    /// A database of its own on the server that `VALKYRIE_TEST_POSTGRES_URL` names, with heimdall's tables.
    /// Without that variable there is none, and the test should end: what it would have tested is said to be not run.
    pub async fn postgres() -> Option<Self> {
        Self::postgres_with(&Migrations::NONE).await
    }

    /// The same, with an application's tables too.
    pub async fn postgres_with(migrations: &Migrations) -> Option<Self> {
        let server = TemporaryPostgres::create().await?;
        let url = server.url.clone();
        Some(Self::open(url, migrations, Home::Server { _server: server }).await)
    }

    async fn open(url: String, migrations: &Migrations, home: Home) -> Self {
        let database = Database::connect(&DatabaseConfig::at(&*url)).await.expect("the test's database");
        database.migrate(migrations).await.expect("the test's migrations");
        Self { database, url, migrations: *migrations, _home: home }
    }

    /// Its address, for a process that is started by the test.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The embedded log in this database, which must be `SQLite`. It makes topics when something is published to them.
    pub fn log(&self) -> Arc<dyn Log> {
        let log = EmbeddedLog::new(self.database.clone(), Arc::new(SystemClock), EmbeddedConfig::default());
        Arc::new(log.expect("the embedded log needs SQLite"))
    }

    /// Opens the same database again with connections of its own, as another process would.
    pub async fn reopen(&self) -> Database {
        let database = Database::connect(&DatabaseConfig::at(&*self.url)).await.expect("the test's database");
        database.migrate(&self.migrations).await.expect("the test's migrations");
        database
    }
}

impl Deref for TestDatabase {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.database
    }
}

/// An empty database on the test server, dropped with this value.
pub struct TemporaryPostgres {
    server: String,
    name: String,
    /// Its address.
    pub url: String,
}

impl TemporaryPostgres {
    /// Makes one, or says that there is no server and makes none.
    pub async fn create() -> Option<Self> {
        let server = super::server(POSTGRES_URL)?;
        let name = format!("test_{:016x}", rand::random::<u64>());
        let mut url = url::Url::parse(&server).expect("VALKYRIE_TEST_POSTGRES_URL is an address");
        url.set_path(&name);
        let made = Self { server, name, url: url.into() };
        made.run("CREATE DATABASE").await;
        Some(made)
    }

    async fn run(&self, verb: &str) {
        let mut connection = PgConnection::connect(&self.server).await.expect("the test's Postgres server");
        let force = if verb.starts_with("DROP") { " WITH (FORCE)" } else { "" };
        let sql = format!("{verb} {}{force}", self.name);
        connection.execute(sqlx::AssertSqlSafe(sql)).await.expect("a database for the test");
    }
}

impl Drop for TemporaryPostgres {
    fn drop(&mut self) {
        // A drop can't wait inside the test's runtime, so it has a thread and a runtime to itself.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
                    runtime.block_on(self.run("DROP DATABASE IF EXISTS"));
                }
            });
        });
    }
}
