//! `/`: where everything is.

use axum::Router;
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde_json::{Map, Value, json};

use crate::negotiation::prefers;

/// Addresses that one may want to know, with a word on each.
const PLACES: [(&str, &str, &str); 9] = [
    ("tasks", "/api/v1/scaffold-tasks", "request services, and see what became of them"),
    ("templates", "/api/v1/templates", "what services can be made from"),
    ("catalog", "/api/v1/catalog/entities", "what is known of the Backstage catalog"),
    ("openapi", "/discovery/v1/openapi", "how to talk to this API"),
    ("openapiDocument", "/discovery/v1/openapi/schema.json", "the same for programs"),
    ("asyncapi", "/discovery/v1/asyncapi", "the events that are sent and received"),
    ("asyncapiDocument", "/discovery/v1/asyncapi/schema.json", "the same for programs"),
    ("problems", "/problems", "what errors mean"),
    ("readiness", "/healthz/readiness", "whether it is ready"),
];

/// The page.
pub(super) fn routes() -> Router {
    Router::new().route("/", get(index))
}

async fn index(headers: HeaderMap) -> Response {
    if prefers(&headers, "text/html", "application/json") {
        Html(page()).into_response()
    } else {
        document().into_response()
    }
}

fn document() -> axum::Json<Value> {
    let places: Map<_, _> = PLACES.iter().map(|(name, address, _)| ((*name).to_owned(), json!(address))).collect();
    axum::Json(json!({"service": "Valkyrie", "version": env!("CARGO_PKG_VERSION"), "links": places}))
}

fn page() -> String {
    let line = |(_, address, about): &(&str, &str, &str)| {
        format!("<dt><a href=\"{address}\">{address}</a></dt><dd>{about}</dd>\n")
    };
    let list: String = PLACES.iter().map(line).collect();
    include_str!("index.html").replace("{{list}}", &list).replace("{{version}}", env!("CARGO_PKG_VERSION"))
}
