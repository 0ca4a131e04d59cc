//! The whole stack, as a service has it.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use heimdall::auth::{AuthConfig, PermissionTable};
use heimdall::config::Config;
use heimdall::lifecycle::{CompositionError, Host, Service};

use super::route::{PERMISSION, route};

/// Runs it until the process is told to stop.
pub(super) fn run(port: u16, issuer: &str) -> Result<()> {
    let config = Config::builder("bench")
        .default("http.port", i64::from(port))
        .default("admin.port", 0)
        .default("auth.issuer", issuer)
        .default("auth.audience", AuthConfig::default().audience)
        .default("auth.allow_insecure_issuer", true);
    let ended = Host::new(config).run(async |service| compose(service));
    ensure!(ended == ExitCode::SUCCESS, "the service failed; it said why");
    Ok(())
}

fn compose(service: &Service) -> Result<(), CompositionError> {
    service.permissions(PermissionTable::new(&[PERMISSION]));
    service.serve(route(true));
    Ok(())
}
