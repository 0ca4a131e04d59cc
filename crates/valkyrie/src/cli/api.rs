use std::process::ExitCode;

use clap::Args;

use super::{CliError, Global};
use crate::roles;

/// Serve the HTTP API (a deployment's role; `dev` does all roles at once)
#[derive(Debug, Args)]
#[command(after_help = "\
Takes everything from the configuration (see `valkyrie config`): database.url, auth.issuer, http.port (7100), admin.port
(7101: metrics and the details of health). Ready when the database is there and migrated.

Example:
  DATABASE_URL=postgres://valkyrie@db/valkyrie VALKYRIE__AUTH__ISSUER=https://id.example/realms/dev valkyrie api")]
pub(super) struct Arguments {}

pub(super) fn run(global: &Global, _: &Arguments) -> Result<ExitCode, CliError> {
    roles::api(global)
}
