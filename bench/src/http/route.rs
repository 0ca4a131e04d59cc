//! The route that does nothing.

use axum::Router;
use axum::routing::get;
use heimdall::auth::Caller;
use heimdall::http::Problem;

pub(super) const PATH: &str = "/api/v1/nothing";
/// The body of each answer.
pub(super) const ANSWER: &str = "nothing";
/// What callers need where there are callers.
pub(super) const PERMISSION: &str = "nothing:read";

/// The route, without anything around it. A guarded one needs a caller with [`PERMISSION`].
pub(super) fn route(guarded: bool) -> Router {
    Router::new().route(PATH, if guarded { get(guarded_nothing) } else { get(nothing) })
}

pub(super) async fn nothing() -> &'static str {
    ANSWER
}

async fn guarded_nothing(caller: Caller) -> Result<&'static str, Problem> {
    caller.require(PERMISSION)?;
    Ok(ANSWER)
}
