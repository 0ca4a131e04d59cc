use axum::{
    body::HttpBody as _,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::security_headers;
use crate::http::{
    Problem, ProblemDocument, ProblemType, RequestId, SentProblem, X_REQUEST_ID, problem::kinds, render,
};

/// Gives each response the request's id and the headers that all have, and makes problems of the bare errors that the
/// router and the extractors of axum answer with.
pub(super) fn response(response: Response, id: &RequestId) -> Response {
    let mut response = match bare_error(&response) {
        Some(kind) => keep_headers(Problem::new(kind).into_response(), response.headers()),
        None => response,
    };
    if let Some(SentProblem(document)) = response.extensions_mut().remove::<SentProblem>() {
        let mut document = document.as_ref().clone();
        document.instance = Some(id.to_string());
        let body = render(&document).into_body();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = body;
        response.extensions_mut().insert(SentProblem(document.into()));
    }
    let headers = response.headers_mut();
    security_headers::insert(headers);
    if let Some(id) = id.header() {
        headers.insert(X_REQUEST_ID, id);
    }
    response
}

/// The problem in the place of an error that says nothing (the router's own), or says it as plain text (axum's
/// extractors). A response that an application made with a body of its own stays.
fn bare_error(response: &Response) -> Option<ProblemType> {
    let kind = match response.status() {
        StatusCode::BAD_REQUEST => kinds::MALFORMED_REQUEST,
        StatusCode::NOT_FOUND => kinds::NOT_FOUND,
        StatusCode::METHOD_NOT_ALLOWED => kinds::METHOD_NOT_ALLOWED,
        StatusCode::PAYLOAD_TOO_LARGE => kinds::BODY_TOO_LARGE,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => kinds::UNSUPPORTED_MEDIA_TYPE,
        StatusCode::UNPROCESSABLE_ENTITY => kinds::INVALID_REQUEST,
        StatusCode::INTERNAL_SERVER_ERROR => kinds::INTERNAL_ERROR,
        StatusCode::SERVICE_UNAVAILABLE => kinds::UNAVAILABLE,
        _ => return None,
    };
    let content_type = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let empty = response.body().size_hint().exact() == Some(0);
    let plain = content_type.is_some_and(|given| given.starts_with(b"text/plain"));
    let extractor = plain && response.status().is_client_error() && response.status() != StatusCode::NOT_FOUND;
    (ProblemDocument::sent(response).is_none() && (empty || extractor)).then_some(kind)
}

/// `Allow` above all.
fn keep_headers(mut problem: Response, given: &HeaderMap) -> Response {
    let body = [header::CONTENT_TYPE, header::CONTENT_LENGTH];
    for (name, value) in given.iter().filter(|(name, _)| !body.contains(name)) {
        problem.headers_mut().insert(name, value.clone());
    }
    problem
}
