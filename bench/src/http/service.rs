//! The whole stack, as a service has it.

use anyhow::{Context, Result};
use heimdall::auth::AuthConfig;
use heimdall::config::Config;
use heimdall::lifecycle::{CompositionError, Host, Service};

use super::route::guarded;

/// Runs it until the process is told to stop.
pub(super) fn run(port: u16, issuer: &str) -> Result<()> {
    let config = Config::builder("bench")
        .default("http.port", i64::from(port))
        .default("admin.port", 0)
        .default("auth.issuer", issuer)
        .default("auth.audience", AuthConfig::default().audience)
        .default("auth.allow_insecure_issuer", true);
    let compose = async |service: &Service| -> Result<(), CompositionError> {
        service.routes(guarded());
        Ok(())
    };
    Host::new(config).run(compose).context("the service failed")
}
