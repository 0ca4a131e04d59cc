//! The AsyncAPI document with its page, and the JSON Schemas of what events carry: an envelope's `dataschema` is the address
//! of one of those.

use std::{collections::BTreeMap, sync::Arc};

use axum::{extract::Path, http::header};
use bytes::Bytes;

use crate::{
    asyncapi::{AsyncApi, document, index, page, schema},
    http::{OrNotFound as _, Problem},
    routes::{HttpMethod, Routes, public},
};

/// The document, its page, and the schemas with their list.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(api: &AsyncApi) -> Routes<S> {
    let document = document(api);
    let one = |kind| Some((format!("{kind}.json"), Bytes::from(schema(api, kind)?.to_string())));
    let schemas: Arc<BTreeMap<String, Bytes>> = Arc::new(api.types().filter_map(one).collect());
    let file = move |Path(file): Path<String>| async move {
        let missing = || "no type of event has this name; `/discovery/v1/schemas` lists all";
        let found = schemas.get(&file).cloned().or_not_found_with(missing)?;
        Ok::<_, Problem>(([(header::CONTENT_TYPE, "application/schema+json")], found))
    };
    Routes::new()
        .constant("/discovery/v1/asyncapi/schema.json", "application/json", format!("{document:#}"))
        .constant("/discovery/v1/asyncapi", "text/html; charset=utf-8", page(&document))
        .constant("/discovery/v1/schemas", "application/json", index(api).to_string())
        .undocumented(public(), HttpMethod::Get, "/discovery/v1/schemas/{file}", file)
}
