mod document;
mod example;
mod message;
mod page;

use axum::Router;

pub(super) use document::document;

use super::constant;
use crate::Names;

/// The document and its page.
pub(super) fn routes(names: &Names) -> Router {
    let document = document(names);
    constant("/discovery/v1/asyncapi/schema.json", "application/json", format!("{document:#}")).merge(constant(
        "/discovery/v1/asyncapi",
        "text/html; charset=utf-8",
        page::of(&document),
    ))
}
