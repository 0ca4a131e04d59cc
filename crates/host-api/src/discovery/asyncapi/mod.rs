mod document;
mod example;
mod message;
mod page;

use heimdall::routes::Routes;

pub(super) use document::document;

use crate::api::Names;

/// The document and its page.
pub(super) fn routes(names: &Names) -> Routes {
    let document = document(names);
    Routes::new().constant("/discovery/v1/asyncapi/schema.json", "application/json", format!("{document:#}")).constant(
        "/discovery/v1/asyncapi",
        "text/html; charset=utf-8",
        page::of(&document),
    )
}
