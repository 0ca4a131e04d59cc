//! The whole stack, as a service has it.

use anyhow::Result;
use heimdall::auth::AuthConfig;
use heimdall::config::Config;
use heimdall::lifecycle::{Host, Service};
use heimdall::routes::{HttpMethod, Routes, permission};

use super::route::{PATH, PERMISSION, nothing};

/// Runs it until the process is told to stop.
pub(super) fn run(port: u16, issuer: &str) -> Result<()> {
    let config = Config::builder("bench")
        .default("http.port", i64::from(port))
        .default("admin.port", 0)
        .default("auth.issuer", issuer)
        .default("auth.audience", AuthConfig::default().audience)
        .default("auth.allow_insecure_issuer", true);
    Host::new(config).run(async |service: &Service| {
        service.routes(Routes::new().undocumented(permission(PERMISSION), HttpMethod::Get, PATH, nothing));
        Ok(())
    })?;
    Ok(())
}
