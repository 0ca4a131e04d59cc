//! The servers that are measured: one route that does nothing, inside of as much of the stack as a [`Step`] has.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use axum::Router;
use heimdall::auth::{AuthConfig, Authentication, PermissionTable, Verifier};
use heimdall::clock::SystemClock;
use heimdall::ids::TimeOrderedIds;
use heimdall::server::{Access, HttpMetrics, Layers};
use heimdall::telemetry::{Metrics, Telemetry, TelemetryConfig};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::route::{PERMISSION, bare, guarded};
use super::step::Step;
use super::{meter, service};

/// The word on the command line that starts one.
pub(crate) const NAME: &str = "http-server";
/// The environment variable that holds its [`Settings`], as JSON.
pub(super) const SETTINGS: &str = "BENCH_HTTP_SERVER";

/// What a server is told.
#[derive(Serialize, Deserialize)]
pub(super) struct Settings {
    pub(super) step: Step,
    pub(super) port: u16,
    /// The port that tells the processor time.
    pub(super) meter: u16,
    /// Whose tokens are good.
    pub(super) issuer: String,
}

/// Serves until the process is told to stop.
pub(crate) fn serve() -> Result<()> {
    let settings = std::env::var(SETTINGS).with_context(|| format!("{SETTINGS} is not set"))?;
    let settings: Settings = serde_json::from_str(&settings).with_context(|| format!("{SETTINGS} is wrong"))?;
    if settings.step == Step::Service {
        meter::start(settings.meter)?;
        return service::run(settings.port, &settings.issuer);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let telemetry = settings.step.has(Step::Spans);
        let _telemetry = telemetry.then(|| Telemetry::start("bench", &TelemetryConfig::default())).transpose()?;
        let router = router(&settings)?;
        let listener = TcpListener::bind(("127.0.0.1", settings.port)).await?;
        // Who can read the meter can ask the route.
        meter::start(settings.meter)?;
        axum::serve(listener, router).await?;
        Ok(())
    })
}

fn router(settings: &Settings) -> Result<Router> {
    let step = settings.step;
    let route = if step.has(Step::Tokens) { guarded().into_router()? } else { bare() };
    if !step.has(Step::Layers) {
        return Ok(route);
    }
    let access = if step.has(Step::Tokens) { Access::Tokens(authentication(&settings.issuer)?) } else { Access::Open };
    let mut layers = Layers::new(Arc::new(TimeOrderedIds), access);
    if step.has(Step::Metrics) {
        layers = layers.metrics(Metrics::default().with(HttpMetrics::register));
    }
    Ok(layers.around(route))
}

fn authentication(issuer: &str) -> Result<Authentication> {
    ensure!(!issuer.is_empty(), "there is no issuer whose tokens could be verified");
    let config = AuthConfig { issuer: issuer.to_owned(), allow_insecure_issuer: true, ..AuthConfig::default() };
    let verifier = Verifier::new(&config, PermissionTable::new([PERMISSION]), Arc::new(SystemClock))?;
    Ok(Authentication::new(Arc::new(verifier)))
}
