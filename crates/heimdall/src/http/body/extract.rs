use std::error::Error as _;

use axum::{
    body::{Body, HttpBody as _, to_bytes},
    extract::{FromRequest, OptionalFromRequest, Request},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http_body_util::LengthLimitError;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    parse,
    schema::{self, Shape},
};
use crate::{
    excerpt::excerpt,
    http::{FieldError, Problem, problem::kinds},
};

/// A JSON body, read strictly: it is UTF-8, well-formed, not nested too deeply, has no field twice and no NUL (400);
/// and it is what `T`'s JSON Schema says, with no field that `T` doesn't know (422, naming everything that is wrong).
/// Also a response.
///
/// Objects are closed even without `#[serde(deny_unknown_fields)]`; one that takes anything is a map or a
/// [`serde_json::Value`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Json<T>(pub T);

/// A JSON merge patch (RFC 7396), read as strictly as [`Json`]. `T` is the patch: each field is optional, and one that
/// may be removed takes null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergePatch<T>(pub T);

/// The most bytes a body may have; the layers put it into the request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BodyLimit(pub(crate) usize);

impl Default for BodyLimit {
    fn default() -> Self {
        Self(1024 * 1024)
    }
}

impl<T, S> FromRequest<S> for Json<T>
where
    T: DeserializeOwned + JsonSchema + 'static,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read(request, &["application/json"]).await.map(Self)
    }
}

impl<T, S> OptionalFromRequest<S> for Json<T>
where
    T: DeserializeOwned + JsonSchema + 'static,
    S: Send + Sync,
{
    type Rejection = Problem;

    /// A body that may be left out: none at all is `None`, whatever its `Content-Type`.
    async fn from_request(request: Request, _: &S) -> Result<Option<Self>, Problem> {
        if request.body().size_hint().exact() == Some(0) {
            return Ok(None);
        }
        read(request, &["application/json"]).await.map(|value| Some(Self(value)))
    }
}

impl<T, S> FromRequest<S> for MergePatch<T>
where
    T: DeserializeOwned + JsonSchema + 'static,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read(request, &["application/merge-patch+json", "application/json"]).await.map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

async fn read<T: DeserializeOwned + JsonSchema + 'static>(request: Request, accepted: &[&str]) -> Result<T, Problem> {
    check_content_type(request.headers(), accepted)?;
    let limit = request.extensions().get::<BodyLimit>().copied().unwrap_or_default();
    let bytes = collect(request.into_body(), limit).await?;
    let value = parse::parse_json(&bytes)?;
    let shape = Shape::of::<T>()?;
    let violations = shape.violations(&value);
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    schema::read(value).map_err(|error| Problem::invalid([error]))
}

fn check_content_type(headers: &HeaderMap, accepted: &[&str]) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    let given = given.map(str::parse::<mime::Mime>);
    let detail = match given {
        Some(Ok(mime)) if accepted.contains(&mime.essence_str()) => {
            // JSON has no other encoding; a client that names one would be misread.
            let utf8 = mime.get_param(mime::CHARSET).is_none_or(|charset| charset == mime::UTF_8);
            if utf8 {
                return Ok(());
            }
            "the charset is not UTF-8".to_owned()
        }
        Some(Ok(mime)) => format!("`{}` is not accepted", excerpt(mime.essence_str(), 80)),
        Some(Err(_)) => "the `Content-Type` is malformed".to_owned(),
        None => "the `Content-Type` is missing".to_owned(),
    };
    let problem = Problem::new(kinds::UNSUPPORTED_MEDIA_TYPE).extension("accepted", accepted);
    Err(problem.detail(format!("{detail}; accepted: {}", accepted.join(", "))))
}

async fn collect(body: Body, BodyLimit(limit): BodyLimit) -> Result<Bytes, Problem> {
    to_bytes(body, limit).await.map_err(|error| {
        let mut source = error.source();
        while let Some(cause) = source {
            if cause.is::<LengthLimitError>() {
                let problem = Problem::new(kinds::BODY_TOO_LARGE).extension("limit", limit);
                return problem.detail(format!("a body may have {limit} bytes at most"));
            }
            source = cause.source();
        }
        Problem::malformed([FieldError::new("", "the body ended early", "a complete body")])
    })
}
