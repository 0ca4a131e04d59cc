//! A database of one run, and what is in it.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use heimdall::testing::TemporaryPostgres;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

/// The tables that a request writes to, and how many rows of each.
const TABLES: [(&str, i64); 3] = [("scaffold_tasks", 1), ("scaffold_task_history", 2), ("heimdall_outbox", 2)];
/// Rows may differ so much in their size before they are not the same rows any more.
const SAME: f64 = 0.03;

/// A database with Valkyrie's schema.
pub(super) struct Database(TemporaryPostgres);

impl Database {
    /// Makes one with `valkyrie migrate`.
    pub(super) async fn make(valkyrie: &Path, folder: &Path) -> Result<Self> {
        let database = TemporaryPostgres::create().await;
        let database = database.context("there is no Postgres: run `cargo xtask bench api`")?;
        let mut migrate = Command::new(valkyrie);
        migrate.arg("migrate").env("VALKYRIE__DATABASE__URL", &database.url).current_dir(folder);
        let output = migrate.stdin(Stdio::null()).output().context("`valkyrie migrate` can't be run")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`valkyrie migrate` failed: {said}");
        Ok(Self(database))
    }

    pub(super) fn url(&self) -> &str {
        &self.0.url
    }

    /// The sizes of rows, in bytes, table by table. Fails unless so many requests left all of their rows.
    async fn rows(&self, requests: u64) -> Result<[f64; TABLES.len()]> {
        let mut connection = PgConnection::connect(self.url()).await?;
        let mut sizes = [0.0; TABLES.len()];
        for (size, (table, each)) in sizes.iter_mut().zip(TABLES) {
            let sql = format!("SELECT count(*), avg(pg_column_size(t.*))::float8 FROM {table} t");
            let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut connection).await?;
            let (rows, expected) = (row.try_get::<i64, _>(0)?, i64::try_from(requests)? * each);
            ensure!(rows == expected, "{table} has {rows} rows after {requests} requests, not {expected}");
            *size = row.try_get(1)?;
        }
        Ok(sizes)
    }
}

/// Fails unless the requests to both left all of their rows, and rows of the same size.
pub(super) async fn check_same(ours: (&Database, u64), bare: (&Database, u64)) -> Result<()> {
    let sizes = (ours.0.rows(ours.1).await?, bare.0.rows(bare.1).await?);
    for (((table, _), ours), bare) in TABLES.iter().zip(sizes.0).zip(sizes.1) {
        eprintln!("api, {table}: {ours:.0} bytes a row, bare {bare:.0}");
        ensure!((ours / bare - 1.0).abs() < SAME, "{table}: {ours:.0} bytes a row beside {bare:.0} is no comparison");
    }
    Ok(())
}
