use std::process::ExitCode;

use clap::Args;

use super::{CliError, Global};
use crate::roles;

/// Bring the database's schema up to date
#[derive(Debug, Args)]
#[command(after_help = "\
Any number may run at once: one does the work, the others wait for it. A database with a newer schema than this binary
knows is refused.

Examples:
  valkyrie migrate            do what is missing
  valkyrie migrate --check    only say what is missing; exit code 1 if anything is")]
pub(super) struct Arguments {
    /// Change nothing; fail if anything is missing
    #[arg(long)]
    check: bool,
}

pub(super) fn run(global: &Global, arguments: &Arguments) -> Result<ExitCode, CliError> {
    roles::migrate(global, arguments.check)
}
