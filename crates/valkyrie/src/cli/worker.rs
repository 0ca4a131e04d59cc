use std::process::ExitCode;

use clap::Args;

use super::{CliError, Global};
use crate::roles;

/// Run tasks, publish events and follow the catalog (a deployment's role; `dev` does all roles at once)
#[derive(Debug, Args)]
#[command(after_help = "\
Takes everything from the configuration (see `valkyrie config`): database.url, log.adapter, kafka.brokers, admin.port (7102:
metrics and health), worker.concurrency. Any number of workers share the work; one that is killed is replaced by the
others. The topics must be there: `valkyrie topics apply`.

Example:
  DATABASE_URL=postgres://valkyrie@db/valkyrie VALKYRIE__LOG__ADAPTER=kafka VALKYRIE__KAFKA__BROKERS=kafka:9092 valkyrie worker")]
pub(super) struct Arguments {}

pub(super) fn run(global: &Global, _: &Arguments) -> Result<ExitCode, CliError> {
    roles::worker(global)
}
