mod complete;
mod page;

use axum::Router;
use utoipa::openapi::OpenApi;

pub(crate) use complete::complete;

use super::constant;

/// The document and its page.
pub(super) fn routes(document: &OpenApi) -> Router {
    // Strings, numbers and maps of them always serialize.
    let json = serde_json::to_vec_pretty(document).unwrap_or_default();
    constant("/discovery/v1/openapi/schema.json", "application/json", json).merge(page::routes())
}
