use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{Probe, Registry};
use crate::routes::{HttpMethod, Routes, public};

/// The three routes below `/healthz`, open to all: with every check (`detailed`, for the admin listener) or with a word only.
pub fn routes(registry: &Registry, detailed: bool) -> Routes {
    let probes = [
        ("/healthz/liveness", Probe::Liveness),
        ("/healthz/readiness", Probe::Readiness),
        ("/healthz/startup", Probe::Startup),
    ];
    probes.into_iter().fold(Routes::new(), |routes, (path, probe)| {
        let registry = registry.clone();
        let handler = move || async move { answer(&registry, probe, detailed).await };
        routes.undocumented(public(), HttpMethod::Get, path, handler)
    })
}

async fn answer(registry: &Registry, probe: Probe, detailed: bool) -> Response {
    let report = if detailed { registry.report(probe).await } else { registry.verdict(probe).await };
    let status = if report.is_well() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = if detailed { json!(report) } else { json!({"status": report.status}) };
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
