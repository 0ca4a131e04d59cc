use heimdall::config::{Config, ConfigBuilder};
use heimdall::lifecycle::foundation_sections;
use host_worker::{TopicsConfig, WorkerConfig};

use crate::cli::Global;

/// Where the API's metrics and details of health are.
pub(crate) const API_ADMIN_PORT: u16 = 7101;
/// Where the worker's metrics and health are.
pub(crate) const WORKER_ADMIN_PORT: u16 = 7102;

/// The configuration's layers of a role. Every role knows every section, so that one file does for all of them.
pub(crate) fn layers(global: &Global, admin_port: u16) -> ConfigBuilder {
    let builder = Config::builder("valkyrie")
        .default("http.port", 7100)
        .default("admin.port", admin_port)
        // A role need not be allowed to change the schema: `valkyrie migrate` does it.
        .default("database.migrate", false)
        .section::<WorkerConfig>()
        .section::<TopicsConfig>();
    let builder = infrastructure::sections(foundation_sections(builder)).sealed();
    match &global.config {
        Some(file) => builder.file(file),
        None => builder,
    }
}
