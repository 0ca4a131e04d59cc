//! The roles of a deployment, composed on a service each, and the commands around them.

mod config;
mod foundation;
mod layers;
mod migrate;
mod outcome;
mod topics;

use std::process::ExitCode;

use heimdall::lifecycle::{CompositionError, Host, PrepareError, Service};
use infrastructure::{Adapters, MIGRATIONS};

pub(crate) use self::{
    config::config,
    foundation::{names_foundation, reserved_foundation, with_own_foundation},
    layers::{API_ADMIN_PORT, WORKER_ADMIN_PORT, layers},
    migrate::migrate,
    topics::{TopicsAction, topics},
};
use crate::cli::{CliError, Global};

/// Serves the API until a signal says stop.
pub(crate) fn api(global: &Global) -> Result<ExitCode, CliError> {
    outcome::outcome(Host::new(layers(global, API_ADMIN_PORT)).run_to_end(async |service| {
        expect_schema(service).await?;
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
        expect_schema(service).await?;
        let adapters = Adapters::open(service).await?;
        host_worker::compose(service, &adapters).await
    }))
}

/// Lets a role wait until `valkyrie migrate` has brought the schema up to date: a role need not be allowed to do that itself.
async fn expect_schema(service: &Service) -> Result<(), CompositionError> {
    let database = service.database().await?;
    service.prepare("schema", move || {
        let database = database.clone();
        async move {
            let pending = database.pending_migrations(&MIGRATIONS).await?;
            let missing = pending.len();
            if missing == 0 {
                return Ok(());
            }
            Err(PrepareError::transient(format!("the schema lacks {missing} migrations: run `valkyrie migrate`")))
        }
    });
    Ok(())
}

/// Runs something asynchronous that is no service.
fn on_one_thread(work: impl Future<Output = Result<ExitCode, CliError>>) -> Result<ExitCode, CliError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}
