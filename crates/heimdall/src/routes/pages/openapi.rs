//! The `OpenAPI` document, and Swagger UI from inside the binary. Its own start page loads what it needs from beside itself,
//! which does not fit an address without a slash at its end, so the start page here is ours.

use std::sync::Arc;

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse as _, Response},
};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, serve};

use super::html::escape;
use crate::{
    http::Problem,
    routes::{HttpMethod, Routes, public},
};

const PAGE: &str = include_str!("openapi.html");
const START: &str = include_str!("openapi.js");

/// The document, the page, and the files that it loads.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(document: &OpenApi, title: &str) -> Routes<S> {
    // Strings, numbers and maps of them always serialize.
    let json = serde_json::to_vec_pretty(document).unwrap_or_default();
    Routes::new()
        .constant("/discovery/v1/openapi/schema.json", "application/json", json)
        .constant("/discovery/v1/openapi", "text/html; charset=utf-8", PAGE.replace("{{title}}", &escape(title)))
        .constant("/discovery/v1/openapi/start.js", "text/javascript; charset=utf-8", START)
        .undocumented(public(), HttpMethod::Get, "/discovery/v1/openapi/{file}", file)
}

async fn file(Path(file): Path<String>) -> Result<Response, Problem> {
    let missing = || Problem::not_found("the page has no such file");
    let loaded = ["swagger-ui.css", "swagger-ui-bundle.js"].contains(&file.as_str());
    let found = loaded.then(|| serve(&file, Arc::new(Config::from("schema.json")))).transpose();
    let found = found.map_err(|_| missing())?.flatten().ok_or_else(missing)?;
    Ok(([(header::CONTENT_TYPE, found.content_type)], found.bytes.into_owned()).into_response())
}
