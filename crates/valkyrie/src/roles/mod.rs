//! The roles of a deployment, composed on a service each, and the commands around them.

mod config;
mod layers;
mod migrate;
mod outcome;
mod topics;

use std::process::ExitCode;

use heimdall::lifecycle::Host;
use infrastructure::Adapters;

pub(crate) use self::{
    config::config,
    layers::{API_ADMIN_PORT, WORKER_ADMIN_PORT, layers},
    migrate::migrate,
    topics::{TopicsAction, topics},
};
use crate::cli::{CliError, Global};

/// Serves the API until a signal says stop.
pub(crate) fn api(global: &Global) -> Result<ExitCode, CliError> {
    outcome::outcome(Host::new(layers(global, API_ADMIN_PORT)).run_to_end(async |service| {
        // Nothing here writes to the log. It is opened so that one that does not fit the database is refused now, and so
        // that health shows whether it is away.
        service.log().await?;
        let adapters = Adapters::open(service).await?;
        host_api::compose(service, &adapters)
    }))
}

/// Runs tasks, publishes events and follows the catalog until a signal says stop.
pub(crate) fn worker(global: &Global) -> Result<ExitCode, CliError> {
    outcome::outcome(Host::new(layers(global, WORKER_ADMIN_PORT)).run_to_end(async |service| {
        let adapters = Adapters::open(service).await?;
        host_worker::compose(service, &adapters).await
    }))
}

/// Runs something asynchronous that is no service.
fn on_one_thread(work: impl Future<Output = Result<ExitCode, CliError>>) -> Result<ExitCode, CliError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}
