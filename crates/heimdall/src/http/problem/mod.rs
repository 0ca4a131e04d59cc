//! Problem documents (RFC 9457): the one shape of every error that leaves a service.

mod catalog;
mod database;
mod document;
mod kind;
pub mod kinds {
    //! The foundation's own problem types.
    pub use super::kind::*;
}

use std::{fmt, sync::Arc, time::Duration};

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value};

pub use catalog::ProblemCatalog;
pub use document::{FieldError, ProblemDocument};
pub use kind::ProblemType;

use crate::errors::with_causes;

/// The content type of problem documents.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request was refused, ready to be answered with. Built like a sentence: a type, a detail, what was wrong where.
///
/// The layers add the request's id as `instance`.
#[derive(Debug, Clone)]
pub struct Problem(Box<Contents>);

#[derive(Debug, Clone)]
struct Contents {
    kind: ProblemType,
    detail: Option<String>,
    errors: Vec<FieldError>,
    retry_after: Option<Duration>,
    extensions: Map<String, Value>,
    headers: HeaderMap,
}

impl Problem {
    /// A problem of the given type, with nothing more said.
    pub fn new(kind: ProblemType) -> Self {
        Self(Box::new(Contents {
            kind,
            detail: None,
            errors: Vec::new(),
            retry_after: None,
            extensions: Map::new(),
            headers: HeaderMap::new(),
        }))
    }

    /// Says what went wrong this time. It reaches the caller: no internals, no secrets.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds one thing that is wrong.
    #[must_use]
    pub fn error(mut self, error: FieldError) -> Self {
        self.0.errors.push(error);
        self
    }

    /// Adds everything that is wrong.
    #[must_use]
    pub fn errors(mut self, errors: impl IntoIterator<Item = FieldError>) -> Self {
        self.0.errors.extend(errors);
        self
    }

    /// Says when to try again (`Retry-After`, in whole seconds, rounded up).
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// Adds an extension member. Members that RFC 9457 defines keep their meaning: such a name is ignored.
    #[must_use]
    pub fn extension(mut self, name: &str, value: impl Into<Value>) -> Self {
        if !["type", "title", "status", "detail", "instance", "errors"].contains(&name) {
            self.0.extensions.insert(name.to_owned(), value.into());
        }
        self
    }

    /// Adds a header to the response.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// 404: nothing here, or nothing that the caller may see.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(kind::NOT_FOUND).detail(detail)
    }

    /// 409: illegal in the present state.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(kind::CONFLICT).detail(detail)
    }

    /// 400: it could not be read.
    pub fn malformed(errors: impl IntoIterator<Item = FieldError>) -> Self {
        Self::new(kind::MALFORMED_REQUEST).errors(errors).summarized()
    }

    /// 422: well-formed, but wrong.
    pub fn invalid(errors: impl IntoIterator<Item = FieldError>) -> Self {
        Self::new(kind::INVALID_REQUEST).errors(errors).summarized()
    }

    /// 503: something that is needed is away.
    pub fn unavailable(detail: impl Into<String>, retry_after: Duration) -> Self {
        Self::new(kind::UNAVAILABLE).detail(detail).retry_after(retry_after)
    }

    /// 500: a defect. The cause goes to the log, not to the caller.
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = with_causes(cause), "A request failed");
        Self::new(kind::INTERNAL_ERROR)
    }

    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        self.0.kind.status
    }

    /// Its type.
    pub fn kind(&self) -> ProblemType {
        self.0.kind
    }

    /// The document as it travels, without an `instance`.
    pub fn document(&self) -> ProblemDocument {
        ProblemDocument {
            kind: self.0.kind.reference(),
            title: self.0.kind.title.to_owned(),
            status: self.0.kind.status.as_u16(),
            detail: self.0.detail.clone(),
            instance: None,
            errors: self.0.errors.clone(),
            extensions: self.0.extensions.clone(),
        }
    }

    /// With a detail that sums up the errors, so that whoever reads only that learns the most important.
    fn summarized(self) -> Self {
        let detail = match self.0.errors.as_slice() {
            [] => return self,
            [one] if one.pointer.is_empty() => one.detail.clone(),
            [one] => format!("`{}` {}", one.pointer, one.detail),
            [one, rest @ ..] => {
                format!("`{}` {}, and {} more", one.pointer, one.detail, rest.len())
            }
        };
        self.detail(detail)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0.kind.title, self.0.kind.status.as_u16())?;
        self.0.detail.as_ref().map_or(Ok(()), |detail| write!(f, ": {detail}"))
    }
}

impl std::error::Error for Problem {}

/// Left in the response's extensions, so that the layers can add the request's id and name the problem in the log.
#[derive(Debug, Clone)]
pub(crate) struct SentProblem(pub(crate) Arc<ProblemDocument>);

impl ProblemDocument {
    /// The problem that a response answers with, if it does; for layers that look at responses.
    pub fn sent(response: &Response) -> Option<&Self> {
        response.extensions().get::<SentProblem>().map(|SentProblem(document)| document.as_ref())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let document = self.document();
        let mut response = render(&document);
        let headers = response.headers_mut();
        headers.extend(self.0.headers);
        if let Some(after) = self.0.retry_after {
            let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response.extensions_mut().insert(SentProblem(Arc::new(document)));
        response
    }
}

/// The response of a document, with no more headers than its content type.
pub(crate) fn render(document: &ProblemDocument) -> Response {
    let status = StatusCode::from_u16(document.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // A document is strings and JSON values, which always serialize; should it ever fail, the status still tells.
    let body = serde_json::to_vec(document).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_cannot_take_the_place_of_the_members_that_are_defined() {
        let problem = Problem::conflict("held").extension("holder", "a").extension("status", 200);
        let document = serde_json::to_value(problem.document()).unwrap();
        assert_eq!(document["holder"], "a");
        assert_eq!(document["status"], 409);
    }

    #[test]
    fn retry_after_is_rounded_up_to_whole_seconds() {
        let response = Problem::unavailable("away", Duration::from_millis(1200)).into_response();
        assert_eq!(response.headers()[header::RETRY_AFTER], "2");
    }

    #[test]
    fn the_detail_sums_up_the_errors() {
        let errors = [FieldError::query("limit", "is too large", ""), FieldError::query("x", "is unknown", "")];
        let problem = Problem::invalid(errors);
        assert_eq!(problem.document().detail.unwrap(), "`?limit` is too large, and 1 more");
    }
}
