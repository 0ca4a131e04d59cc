use std::io::Write as _;

use clap::Args;

use super::{CommandError, Program, Stdout};
use crate::{
    database::Database,
    lifecycle::{CompositionError, Service},
};

/// Arguments of `migrate`.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(
    about = "Bring the database's schema up to date",
    after_help = "\
Any number may run at once: one does the work, the others wait for it. A database with a newer schema than this binary
knows is refused.

Examples:
  {service} migrate            do what is missing
  {service} migrate --check    only say what is missing; exit code 1 if anything is"
)]
pub struct MigrateArguments {
    /// Change nothing; fail if anything is missing
    #[arg(long)]
    pub check: bool,
}

impl Program {
    /// Brings the schema up to date with the migrations that are composed, or says what is missing.
    pub fn migrate(
        &self,
        arguments: &MigrateArguments,
        compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>,
    ) -> Result<(), CommandError> {
        self.describe(compose, async |service| {
            let lists = service.migrations();
            if lists.is_empty() {
                return Ok(writeln!(Stdout, "Nothing to do: {} keeps no tables.", self.name())?);
            }
            let database = Database::connect(&service.config().section()?).await?;
            let mut pending = Vec::new();
            for list in &lists {
                for migration in database.pending_migrations(list).await? {
                    // The foundation's own are pending in each list.
                    if !pending.contains(&migration) {
                        pending.push(migration);
                    }
                }
            }
            if !arguments.check {
                for list in &lists {
                    database.migrate(list).await?;
                }
            }
            database.close().await;
            if pending.is_empty() {
                return Ok(writeln!(Stdout, "The schema is up to date.")?);
            }
            for migration in &pending {
                let done = if arguments.check { "missing" } else { "done" };
                writeln!(Stdout, "{done}: {} {} ({})", migration.history, migration.version, migration.name)?;
            }
            if arguments.check {
                let (missing, name) = (pending.len(), self.name());
                return Err(CommandError::failed(format!(
                    "the schema lacks {missing} migrations: `{name} migrate` runs them"
                )));
            }
            Ok(())
        })
    }
}
