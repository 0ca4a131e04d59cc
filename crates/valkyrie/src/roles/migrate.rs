use std::{io::Write as _, process::ExitCode};

use heimdall::database::{Database, DatabaseConfig};
use infrastructure::MIGRATIONS;

use super::{API_ADMIN_PORT, layers};
use crate::cli::{CliError, Global, output::Stdout};

/// Brings the schema up to date, or says what is missing.
pub(crate) fn migrate(global: &Global, check: bool) -> Result<ExitCode, CliError> {
    let config = layers(global, API_ADMIN_PORT).load().map_err(|error| CliError::usage(error.to_string()))?;
    let section: DatabaseConfig = config.section()?;
    super::on_one_thread(async {
        let database = Database::connect(&section).await?;
        let pending = database.pending_migrations(&MIGRATIONS).await?;
        if pending.is_empty() {
            writeln!(Stdout, "The schema is up to date.")?;
            return Ok(ExitCode::SUCCESS);
        }
        if !check {
            database.migrate(&MIGRATIONS).await?;
        }
        for migration in &pending {
            let done = if check { "missing" } else { "done" };
            writeln!(Stdout, "{done}: {} {} ({})", migration.history, migration.version, migration.name)?;
        }
        database.close().await;
        Ok(if check { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    })
}
