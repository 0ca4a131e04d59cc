//! The roles of a deployment: what is composed on a service for each, and with which configuration.

use heimdall::{
    config::{Config, ConfigBuilder},
    lifecycle::{CompositionError, Service, foundation_sections},
    program::{GlobalArguments, Program},
};
use host_worker::{TopicsConfig, WorkerConfig};
use infrastructure::Adapters;

/// Where the API's metrics and details of health are.
pub(crate) const API_ADMIN_PORT: u16 = 7101;
/// Where the worker's metrics and health are.
pub(crate) const WORKER_ADMIN_PORT: u16 = 7102;

/// The configuration's layers of a role. Every role knows every section, so that one file does for all of them.
pub(crate) fn layers(global: &GlobalArguments, admin_port: u16) -> ConfigBuilder {
    let builder = Config::builder("valkyrie")
        .default("http.port", 7100)
        .default("admin.port", admin_port)
        // A role need not be allowed to change the schema: `valkyrie migrate` does it.
        .default("database.migrate", false)
        .section::<WorkerConfig>()
        .section::<TopicsConfig>();
    global.over(infrastructure::sections(foundation_sections(builder)).sealed())
}

/// The program of a role with these layers.
pub(crate) fn program(layers: ConfigBuilder) -> Program {
    Program::new(layers).title("Valkyrie").version(env!("CARGO_PKG_VERSION"))
}

/// Serves the API.
pub(crate) async fn api(service: &Service) -> Result<(), CompositionError> {
    // Nothing here writes to the log. It is opened so that one that does not fit the database is refused now, and so
    // that health shows whether it is away.
    service.log().await?;
    host_api::compose(service, &Adapters::open(service).await?)
}

/// Runs tasks, publishes events and follows the catalog.
pub(crate) async fn worker(service: &Service) -> Result<(), CompositionError> {
    host_worker::compose(service, &Adapters::open(service).await?).await
}

/// All roles at once.
pub(crate) async fn everything(service: &Service) -> Result<(), CompositionError> {
    let adapters = Adapters::open(service).await?;
    host_api::compose(service, &adapters)?;
    host_worker::compose(service, &adapters).await
}
