use utoipa::openapi::{Content, Ref, RefOr, Schema, path::Operation};

use super::{problems, security};
use crate::{http::PROBLEM_JSON, routes::AccessRule};

/// An operation with its rule, and with the problems that it can answer with.
pub(super) fn complete(mut operation: Operation, path: &str, rule: &AccessRule) -> Operation {
    operation.security = security::requirement(rule);
    leave_out_null(&mut operation);
    add_problems(&mut operation, path, rule);
    operation
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

/// Which problems an operation can answer with follows from its rule and from what it takes.
fn add_problems(operation: &mut Operation, path: &str, rule: &AccessRule) {
    let parameters = operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    let names: Vec<_> = parameters.map(|parameter| parameter.name.clone()).collect();
    let takes = |name: &str| names.iter().any(|given| given == name);
    let body = operation.request_body.is_some();
    let header = takes("Idempotency-Key") || takes("If-Match");
    let listing = takes("limit");
    let closed = *rule != AccessRule::Public;
    let statuses = [
        (400, body || header),
        (401, closed),
        (403, rule.permission().is_some()),
        (404, path.contains('{')),
        (412, takes("If-Match")),
        (413, body),
        (415, body),
        (422, body || listing),
        (428, takes("If-Match")),
        (429, closed),
        (500, true),
        (503, true),
    ];
    let responses = &mut operation.responses.responses;
    for (status, _) in statuses.into_iter().filter(|(_, answers)| *answers) {
        let response = || Ref::from_response_name(problems::response_name(status)).into();
        responses.entry(status.to_string()).or_insert_with(response);
    }
    // Those that an operation words itself are problems, too.
    for (_, response) in responses.iter_mut().filter(|(status, _)| status.starts_with(['4', '5'])) {
        if let RefOr::T(response) = response
            && response.content.is_empty()
        {
            response.content.insert(PROBLEM_JSON.to_owned(), RefOr::T(problems::content()));
        }
    }
}
