use axum::{
    extract::{FromRequestParts, Path as Segments},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use super::Problem;

/// Segments of the path. What cannot be one (an id that is no id, text that is not UTF-8) names nothing: 404.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path<T>(pub T);

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // No stored name holds NUL, and databases refuse to be asked.
        if parts.uri.path().contains("%00") {
            return Err(Problem::not_found("the address holds a NUL character, so it names nothing"));
        }
        let segments = Segments::<T>::from_request_parts(parts, state).await;
        let Segments(value) =
            segments.map_err(|_| Problem::not_found("the address holds something that is no id of anything here"))?;
        Ok(Self(value))
    }
}
