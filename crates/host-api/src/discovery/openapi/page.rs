//! Swagger UI, from inside the binary. Its own start page loads what it needs from beside itself, which does not fit an
//! address without a slash at its end, so the start page here is ours.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use heimdall::http::Problem;
use utoipa_swagger_ui::{Config, serve};

use crate::discovery::constant;

const PAGE: &str = include_str!("page.html");
const START: &str = include_str!("start.js");

/// The page and the files that it loads.
pub(super) fn routes() -> Router {
    constant("/discovery/v1/openapi", "text/html; charset=utf-8", PAGE)
        .merge(constant("/discovery/v1/openapi/start.js", "text/javascript; charset=utf-8", START))
        .route("/discovery/v1/openapi/{file}", get(file))
}

async fn file(Path(file): Path<String>) -> Result<Response, Problem> {
    let missing = || Problem::not_found("the page has no such file");
    let loaded = ["swagger-ui.css", "swagger-ui-bundle.js"].contains(&file.as_str());
    let found = loaded.then(|| serve(&file, Arc::new(Config::from("schema.json")))).transpose();
    let found = found.map_err(|_| missing())?.flatten().ok_or_else(missing)?;
    Ok(([(header::CONTENT_TYPE, found.content_type)], found.bytes.into_owned()).into_response())
}
