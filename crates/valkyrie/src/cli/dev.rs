use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::{CliError, Global};

/// Run everything on this machine: API, worker and log in one process, on one port, with nothing to install
///
/// The data lives in one folder and survives a restart. A token and commands to try are printed at the start.
/// Listens on 127.0.0.1 only.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  valkyrie dev                                     on port 7100, data in .valkyrie/
  valkyrie dev --port 0 --data-dir /tmp/trial      on a free port, in another folder
  curl -H \"Authorization: Bearer $(valkyrie token)\" http://127.0.0.1:7100/api/v1/templates

Exit codes: 0 stopped, 1 failed, 2 wrong usage or configuration, 3 the port is taken or another `valkyrie dev` uses the folder")]
pub(super) struct Arguments {
    /// The port of everything; 0 picks a free one [default: http.port, or 7100]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Where the data lives
    #[arg(long, value_name = "DIR", default_value = ".valkyrie")]
    data_dir: PathBuf,
}

pub(super) fn run(global: &Global, arguments: &Arguments) -> Result<ExitCode, CliError> {
    crate::dev::run(global, arguments.port, &arguments.data_dir)
}
