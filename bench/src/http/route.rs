//! The route that does nothing.

use axum::Router;
use axum::routing::get;
use heimdall::routes::{HttpMethod, Routes, permission};

pub(super) const PATH: &str = "/api/v1/nothing";
/// The body of each answer.
pub(super) const ANSWER: &str = "nothing";
/// What callers need where there are callers.
pub(super) const PERMISSION: &str = "nothing:read";

/// The route, without anything around it.
pub(super) fn bare() -> Router {
    Router::new().route(PATH, get(nothing))
}

/// The route with its rule: it needs a caller with [`PERMISSION`].
pub(super) fn guarded() -> Routes {
    Routes::new().undocumented(permission(PERMISSION), HttpMethod::Get, PATH, nothing)
}

pub(super) async fn nothing() -> &'static str {
    ANSWER
}
