//! What all operations have in common, said once.

use std::collections::BTreeMap;

use heimdall::http::{PROBLEM_JSON, ProblemType};
use serde_json::json;
use utoipa::PartialSchema as _;
use utoipa::openapi::link::Link;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::tag::Tag;
use utoipa::openapi::{
    Content, ContentBuilder, Info, License, OpenApi, PathItem, Ref, RefOr, Response, Schema, Server,
};

use crate::problems;

const DESCRIPTION: &str = "\
Valkyrie turns templates into working, event-driven services. A *scaffold task* is a request for one.

- Every error is a problem document (RFC 9457); its `type` is the address of a page that explains it.
- Lists are paged: pass `nextCursor` as `cursor` until it is null.
- A task's `ETag` is its version. `If-Match` says which version a change is for.
- What happens to tasks is told on a topic, too: see `/discovery/v1/asyncapi`.";

/// Adds what all operations have in common: who may ask, and the problems they can answer with.
pub(crate) fn complete(mut document: OpenApi) -> OpenApi {
    document.info = Info::new("Valkyrie Scaffolder API", env!("CARGO_PKG_VERSION"));
    document.info.description = Some(DESCRIPTION.to_owned());
    document.info.license = Some(License::builder().name("Apache-2.0").identifier(Some("Apache-2.0")).build());
    document.servers = Some(vec![Server::new("/")]);
    document.tags = Some(tags());
    let components = document.components.get_or_insert_default();
    let problem = heimdall::http::ProblemDocument::schema();
    components.schemas.insert("Problem".to_owned(), problem);
    components.schemas.insert("FieldError".to_owned(), heimdall::http::FieldError::schema());
    components.security_schemes.insert("bearer".to_owned(), RefOr::T(bearer()));
    for (status, kinds) in by_status() {
        components.responses.insert(name(status), RefOr::T(response(&kinds)));
    }
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            add_problems(path, operation);
            leave_out_null(operation);
        }
    }
    link_tasks(&mut document.paths.paths);
    document
}

fn tags() -> Vec<Tag> {
    let tags = [
        ("Scaffold tasks", "Requests for services, and what became of them"),
        ("Templates", "What services can be made from"),
        ("Catalog", "What is known of the Backstage catalog"),
    ];
    tags.map(|(name, description)| Tag::builder().name(name).description(Some(description)).build()).to_vec()
}

fn bearer() -> SecurityScheme {
    let mut scheme = Http::new(HttpAuthScheme::Bearer);
    scheme.bearer_format = Some("JWT".to_owned());
    scheme.description = Some(
        "An access token of the issuer that this service trusts. Scopes and roles grant permissions; each operation names \
         the one it needs. `valkyrie token` prints one of a development instance."
            .to_owned(),
    );
    SecurityScheme::Http(scheme)
}

fn by_status() -> BTreeMap<u16, Vec<ProblemType>> {
    let mut statuses = BTreeMap::<u16, Vec<ProblemType>>::new();
    for kind in problems::catalog().kinds() {
        statuses.entry(kind.status.as_u16()).or_default().push(*kind);
    }
    statuses
}

fn name(status: u16) -> String {
    format!("Problem{status}")
}

/// All problems of one status.
fn response(kinds: &[ProblemType]) -> Response {
    let lines = kinds.iter().map(|kind| format!("`{}`: {}", kind.reference(), kind.title));
    let mut content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
    if let [kind, ..] = kinds {
        let example = json!({
            "type": kind.reference(), "title": kind.title, "status": kind.status.as_u16(), "instance": "0198c0de-0000-7000-8000-000000000000",
        });
        content = content.example(Some(example));
    }
    let mut response = Response::new(lines.collect::<Vec<_>>().join("; "));
    response.content.insert(PROBLEM_JSON.to_owned(), RefOr::T(content.build()));
    response
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, post, patch, delete, .. } = item;
    [get, post, patch, delete].into_iter().flatten()
}

/// A body that may be left out is not one that may be null.
fn leave_out_null(operation: &mut Operation) {
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    for content in body.content.values_mut() {
        if let RefOr::T(Content { schema: Some(schema), .. }) = content
            && let RefOr::T(Schema::OneOf(choice)) = schema
            && let Some(other) = choice.items.iter().find(|item| matches!(item, RefOr::Ref(_)))
        {
            *schema = other.clone();
        }
    }
}

/// The id of a new task leads on to everything about it.
fn link_tasks(paths: &mut BTreeMap<String, PathItem>) {
    let below = paths.iter_mut().filter(|(path, _)| path.starts_with("/api/v1/scaffold-tasks/{id}"));
    let ids: Vec<_> = below.flat_map(|(_, item)| operations(item)).filter_map(|one| one.operation_id.clone()).collect();
    let post = paths.get_mut("/api/v1/scaffold-tasks").and_then(|item| item.post.as_mut());
    for (status, response) in post.into_iter().flat_map(|post| &mut post.responses.responses) {
        if let RefOr::T(response) = response
            && status.starts_with('2')
        {
            let link = |id: &String| {
                let link = Link::builder().operation_id(id).parameter("id", "$response.body#/id").build();
                (id.clone(), RefOr::T(link))
            };
            response.links.extend(ids.iter().map(link));
        }
    }
}

/// Which problems an operation can answer with follows from what it takes.
fn add_problems(path: &str, operation: &mut Operation) {
    let parameters = operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    let names: Vec<_> = parameters.map(|parameter| parameter.name.clone()).collect();
    let takes = |name: &str| names.iter().any(|given| given == name);
    let body = operation.request_body.is_some();
    let header = takes("Idempotency-Key") || takes("If-Match");
    let listing = takes("limit");
    let statuses = [
        (400, body || header),
        (401, true),
        (403, true),
        (404, path.contains('{')),
        (412, takes("If-Match")),
        (413, body),
        (415, body),
        (422, body || listing),
        (428, takes("If-Match")),
        (429, true),
        (500, true),
        (503, true),
    ];
    let responses = &mut operation.responses.responses;
    for (status, _) in statuses.into_iter().filter(|(_, answers)| *answers) {
        responses.entry(status.to_string()).or_insert_with(|| Ref::from_response_name(name(status)).into());
    }
    // Those that an operation words itself are problems, too.
    for (_, response) in responses.iter_mut().filter(|(status, _)| status.starts_with('4')) {
        if let RefOr::T(response) = response
            && response.content.is_empty()
        {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            response.content.insert(PROBLEM_JSON.to_owned(), RefOr::T(content));
        }
    }
}
