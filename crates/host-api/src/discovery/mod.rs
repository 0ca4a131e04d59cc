//! What describes the API and the events: documents for programs, and pages for people that need no internet.

mod asyncapi;
mod index;
mod openapi;
mod schemas;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use serde_json::Value;
use utoipa::openapi::OpenApi;

pub(crate) use openapi::complete;

use crate::Names;
use crate::routes::operations;

/// The OpenAPI 3.1 document of the Scaffolder API.
pub fn openapi() -> OpenApi {
    complete(operations().into_openapi())
}

/// The AsyncAPI 3.0 document of the events that Valkyrie sends and receives.
pub fn asyncapi(names: &Names) -> Value {
    asyncapi::document(names)
}

/// The routes below `/discovery/v1`, and the page at `/`.
pub(crate) fn routes(openapi: &OpenApi, names: &Names) -> Router {
    Router::new()
        .merge(index::routes())
        .merge(openapi::routes(openapi))
        .merge(asyncapi::routes(names))
        .merge(schemas::routes(names))
}

/// A route that answers with a document that never changes while the process runs.
fn constant(path: &str, content_type: &'static str, document: impl Into<bytes::Bytes>) -> Router {
    let document = document.into();
    Router::new()
        .route(path, get(async move || ([(header::CONTENT_TYPE, content_type)], document.clone()).into_response()))
}
