//! `valkyrie dev`: everything in one process, in one folder, on one port.

use heimdall::program::{CommandError, DevArguments, Example, GlobalArguments};
use infrastructure::Vault;
use serde_json::json;

use crate::roles;

/// Runs everything until a signal says stop.
pub(crate) fn run(global: &GlobalArguments, arguments: &DevArguments) -> Result<(), CommandError> {
    let layers = roles::layers(global, roles::API_ADMIN_PORT);
    let development = roles::program(layers).dev(arguments)?;
    let key = development.folder().secret("secrets.key", || Ok::<_, CommandError>(Vault::new_key()?))?;
    development
        // Nobody else can have the tasks of a folder that is locked: after a crash they go on soon.
        .default("worker.lease_seconds", 5)
        .fixed("secrets.key_file", key.display().to_string())
        .unused("secrets.key")
        .api("/api/v1")
        .to_try("make a service, see how it stands, look at the templates.", examples())
        .run(roles::everything)
}

fn examples() -> [Example; 3] {
    let parameters = json!({"name": "payments", "owner": "group:default/payments"});
    let task = json!({"template": "event-service", "parameters": parameters});
    [
        Example::Post("/api/v1/scaffold-tasks".to_owned(), task),
        Example::Get("/api/v1/scaffold-tasks".to_owned()),
        Example::Get("/api/v1/templates".to_owned()),
    ]
}
