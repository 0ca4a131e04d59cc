use std::{convert::Infallible, fmt, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, request::Parts},
};

use uuid::Uuid;

use crate::ids::Ids;

/// The header that carries a request's id, both ways.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a request is called in the log, in its problem and in its response: the caller's `x-request-id` if it is sane
/// (1 to 128 letters, digits, `.`, `_` or `-`), otherwise a new UUID. An extractor; empty where no layer gave one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct RequestId(Arc<str>);

impl RequestId {
    pub(crate) fn of(headers: &HeaderMap, ids: &dyn Ids) -> Self {
        let given = headers.get(X_REQUEST_ID).and_then(|value| value.to_str().ok());
        Self(given.filter(|id| sane(id)).map_or_else(|| new(ids), Arc::from))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

fn new(ids: &dyn Ids) -> Arc<str> {
    let mut text = Uuid::encode_buffer();
    Arc::from(&*ids.next().hyphenated().encode_lower(&mut text))
}

fn sane(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
