//! `/`: where everything is.

use axum::{
    http::{HeaderMap, header},
    response::{Html, IntoResponse as _},
};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::html::{escape, escape_with_code, page};
use crate::{
    http::prefers,
    routes::{HttpMethod, Link, Routes, description::Descriptions, public},
};

/// What every service has.
const FOUNDATION: [Link; 4] = [
    Link { name: "openapi", address: "/discovery/v1/openapi", about: "how to talk to this API" },
    Link { name: "openapiDocument", address: "/discovery/v1/openapi/schema.json", about: "the same for programs" },
    Link { name: "problems", address: "/problems", about: "what errors mean" },
    Link { name: "readiness", address: "/healthz/readiness", about: "whether it is ready" },
];

/// What those have that publish events or read them.
const EVENTS: [Link; 3] = [
    Link { name: "asyncapi", address: "/discovery/v1/asyncapi", about: "the events that are sent and received" },
    Link { name: "asyncapiDocument", address: "/discovery/v1/asyncapi/schema.json", about: "the same for programs" },
    Link { name: "schemas", address: "/discovery/v1/schemas", about: "the JSON Schemas of what events carry" },
];

/// The page: HTML for whom asks for it, JSON otherwise.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(about: &Descriptions, events: bool) -> Routes<S> {
    let events = EVENTS.into_iter().filter(|_| events);
    let links: Vec<Link> = about.links().chain(events).chain(FOUNDATION).collect();
    let (html, json) = (Bytes::from(html(about, &links)), Bytes::from(document(about, &links).to_string()));
    let answer = move |headers: HeaderMap| async move {
        let response = if prefers(&headers, "text/html", "application/json") {
            Html(html).into_response()
        } else {
            ([(header::CONTENT_TYPE, "application/json")], json).into_response()
        };
        ([(header::VARY, "accept")], response)
    };
    Routes::new().undocumented(public(), HttpMethod::Get, "/", answer)
}

fn document(about: &Descriptions, links: &[Link]) -> Value {
    let links: Map<_, _> = links.iter().map(|link| (link.name.to_owned(), json!(link.address))).collect();
    json!({"service": about.service(), "title": about.title(), "version": about.version(), "links": links})
}

fn html(about: &Descriptions, links: &[Link]) -> String {
    let line = |Link { address, about, .. }: &Link| {
        format!(
            "<dt><a href=\"{}\">{}</a></dt><dd>{}</dd>\n",
            escape(address),
            escape(address),
            escape_with_code(about)
        )
    };
    let summary = about.summary().map(|summary| escape_with_code(summary) + " ").unwrap_or_default();
    let body = format!(
        "<h1>{} {}</h1>\n<p>{summary}What stands below <code>/api</code> needs a bearer token, unless its description says otherwise.</p>\n<dl>\n{}</dl>\n",
        escape(about.title()),
        escape(about.version()),
        links.iter().map(line).collect::<String>(),
    );
    page(about.title(), &body)
}
