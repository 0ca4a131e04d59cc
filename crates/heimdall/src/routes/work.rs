//! Units of work in handlers: what they are a consequence of, and what becomes of their errors.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::{
    http::{Problem, RequestId},
    messaging::{Cause, work::WorkError},
};

/// The request ([`Cause::request`]), by the id that the layers gave it; nothing where no layer did.
impl<S: Send + Sync> FromRequestParts<S> for Cause {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let id = RequestId::from_request_parts(parts, state).await?;
        Ok(if id.as_str().is_empty() { Self::none() } else { Self::request(id.as_str()) })
    }
}

/// Lets a handler use `?` on its unit of work: what the database says is answered as any
/// [`DatabaseError`](crate::database::DatabaseError) is, and an event that can't be published is a defect of the service:
/// 500, with the causes in the log.
impl From<WorkError> for Problem {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Database(error) => error.into(),
            defect => Self::internal(&defect),
        }
    }
}
