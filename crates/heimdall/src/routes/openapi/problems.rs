use std::collections::BTreeMap;

use serde_json::json;
use utoipa::{
    PartialSchema as _,
    openapi::{Components, Content, ContentBuilder, Ref, RefOr, Response},
};

use crate::http::{FieldError, PROBLEM_JSON, ProblemCatalog, ProblemDocument, ProblemType};

/// The schema of problem documents.
const SCHEMA: &str = "Problem";

/// Adds the schemas of problems, and for each status a response that names all of its problems.
pub(super) fn add(components: &mut Components, catalog: &ProblemCatalog) {
    components.schemas.insert(SCHEMA.to_owned(), ProblemDocument::schema());
    components.schemas.insert("FieldError".to_owned(), FieldError::schema());
    let mut statuses = BTreeMap::<u16, Vec<ProblemType>>::new();
    for kind in catalog.kinds() {
        statuses.entry(kind.status.as_u16()).or_default().push(*kind);
    }
    for (status, kinds) in statuses {
        components.responses.insert(response_name(status), RefOr::T(response(&kinds)));
    }
}

/// What the response of a status is called.
pub(super) fn response_name(status: u16) -> String {
    format!("Problem{status}")
}

/// The content of a problem's response that is worded elsewhere.
pub(super) fn content() -> Content {
    builder().build()
}

fn builder() -> ContentBuilder {
    ContentBuilder::new().schema(Some(Ref::from_schema_name(SCHEMA)))
}

/// All problems of one status.
fn response(kinds: &[ProblemType]) -> Response {
    let lines = kinds.iter().map(|kind| format!("`{}`: {}", kind.reference(), kind.title));
    let mut content = builder();
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
