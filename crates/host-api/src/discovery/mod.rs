//! What describes the events: a document and schemas for programs, and a page for people that needs no internet.

mod asyncapi;
mod schemas;

use heimdall::routes::Routes;
use serde_json::Value;

use crate::api::Names;

/// The AsyncAPI 3.0 document of the events that Valkyrie sends and receives.
pub fn asyncapi(names: &Names) -> Value {
    asyncapi::document(names)
}

/// The routes below `/discovery/v1`, open to all.
pub(crate) fn routes(names: &Names) -> Routes {
    asyncapi::routes(names).merge(schemas::routes(names))
}
