use axum::{
    Json, Router,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use super::{Probe, Registry};

/// The three routes below `/healthz`: with every check (`detailed`, for the admin listener) or with a word only.
pub fn routes<S: Clone + Send + Sync + 'static>(registry: &Registry, detailed: bool) -> Router<S> {
    let route = |probe| {
        let registry = registry.clone();
        get(move || async move { answer(&registry, probe, detailed).await })
    };
    Router::new()
        .route("/healthz/liveness", route(Probe::Liveness))
        .route("/healthz/readiness", route(Probe::Readiness))
        .route("/healthz/startup", route(Probe::Startup))
}

async fn answer(registry: &Registry, probe: Probe, detailed: bool) -> Response {
    let report = registry.report(probe).await;
    let status = if report.is_well() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = if detailed { json!(report) } else { json!({"status": report.status}) };
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
