use std::process::ExitCode;

use clap::Args;

use super::{CliError, Global};
use crate::roles;

/// Show the configuration in effect, and where each value came from
#[derive(Debug, Args)]
#[command(after_help = "\
A later layer wins: defaults, valkyrie.toml (or --config), DATABASE_URL / RUST_LOG / OTEL_EXPORTER_OTLP_ENDPOINT, and
VALKYRIE__SECTION__KEY. Secrets are never shown.

Examples:
  valkyrie config                 every key, its value, and where that came from
  valkyrie config --json          the same as a JSON array of {\"key\", \"value\", \"origin\"}
  valkyrie config --defaults      what holds where nothing is configured")]
pub(super) struct Arguments {
    /// Write a JSON array
    #[arg(long)]
    json: bool,
    /// Show the defaults alone
    #[arg(long)]
    defaults: bool,
}

pub(super) fn run(global: &Global, arguments: &Arguments) -> Result<ExitCode, CliError> {
    roles::config(global, arguments.defaults, arguments.json)
}
