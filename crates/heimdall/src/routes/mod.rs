//! Routes that carry their rule: who may use a route is said where it is registered, holds before the handler sees the
//! request, and stands in the `OpenAPI` document. A route without a rule can't be served.
//!
//! ```
//! use axum::extract::State;
//! use heimdall::{
//!     http::{Json, OrNotFound as _, Path, Problem},
//!     routes::{Routes, permission, public, routes},
//! };
//!
//! #[derive(Clone)]
//! struct Tallies(Vec<u64>);
//!
//! /// List all tallies.
//! #[utoipa::path(get, path = "/api/v1/tallies", responses((status = 200, description = "All", body = Vec<u64>)))]
//! async fn list(State(Tallies(tallies)): State<Tallies>) -> Json<Vec<u64>> {
//!     Json(tallies)
//! }
//!
//! /// Look at a tally.
//! #[utoipa::path(get, path = "/api/v1/tallies/{item}", params(("item" = usize, Path)),
//!     responses((status = 200, description = "The tally", body = u64)))]
//! async fn show(State(tallies): State<Tallies>, Path(item): Path<usize>) -> Result<Json<u64>, Problem> {
//!     tallies.0.get(item).copied().map(Json).or_not_found()
//! }
//!
//! /// What this service is.
//! #[utoipa::path(get, path = "/api/v1/about", responses((status = 200, description = "A word", body = String)))]
//! async fn about() -> &'static str {
//!     "it counts"
//! }
//!
//! fn routes() -> Routes<Tallies> {
//!     Routes::new().with(permission("tallies:read"), routes!(list, show)).with(public(), routes!(about))
//! }
//! # assert_eq!(routes().permissions().collect::<Vec<_>>(), ["tallies:read"]);
//! ```
//!
//! [`Service::routes`](crate::lifecycle::Service::routes) serves them. Handlers are described by `#[utoipa::path(…)]`, without
//! `security(…)` and without what every operation may answer (401, 403, 429, 500, 503, and what follows from its parameters):
//! the document gets both from here.
//!
//! Beside them each service has, open to all: the document at `/discovery/v1/openapi/schema.json` with its page at
//! `/discovery/v1/openapi`, a page for each problem at `/problems`, and `/`, which says where everything is. A service that
//! declares topics that carry events, or consumers, also has the AsyncAPI document at `/discovery/v1/asyncapi/schema.json`
//! with its page at `/discovery/v1/asyncapi`, and the JSON Schema of each type of event at
//! `/discovery/v1/schemas/<type>.json` (the `dataschema` of such events), which `/discovery/v1/schemas` lists.
//!
//! A handler that changes something takes a [`WorkFactory`](crate::messaging::WorkFactory) as its state, and a
//! [`Cause`](crate::messaging::Cause), which is the request:
//!
//! ```
//! use axum::{extract::State, http::StatusCode};
//! use heimdall::{
//!     http::{Path, Problem},
//!     messaging::{Cause, EventType, WorkFactory},
//! };
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//!
//! /// An item was counted.
//! #[derive(Serialize, Deserialize, JsonSchema)]
//! struct Counted {}
//!
//! impl EventType for Counted {
//!     const TYPE: &'static str = "tally.counted.v1";
//! }
//!
//! async fn count(
//!     cause: Cause,
//!     State(work): State<WorkFactory>,
//!     Path(item): Path<String>,
//! ) -> Result<StatusCode, Problem> {
//!     let mut work = work.begin(cause).await?;
//!     work.publish("tallies", &item, &Counted {}).await?;
//!     work.commit().await?;
//!     Ok(StatusCode::ACCEPTED)
//! }
//! ```

mod description;
mod endpoint;
mod error;
mod guard;
mod openapi;
mod pages;
mod public_api;
mod route;
mod rule;
mod table;
mod work;

#[doc(inline)]
pub use crate::__routes as routes;
pub(crate) use description::DescriptionDefaults;
pub use description::{ApiDescription, Link};
pub use endpoint::Endpoints;
pub use error::RouteError;
pub use public_api::PublicApi;
pub use rule::{AccessRule, any_caller, permission, public};
pub use table::Routes;
pub use utoipa::openapi::HttpMethod;

/// What [`routes!`](crate::routes::routes!) expands to.
#[doc(hidden)]
pub mod expanded {
    pub use utoipa_axum;
}

/// Collects handlers that are annotated with `#[utoipa::path(…)]`, of one path or of several, for
/// [`Routes::with`](crate::routes::Routes::with). The crate that calls it depends on `axum` and `utoipa`.
///
/// See [the module](crate::routes) for an example.
#[doc(hidden)]
#[macro_export]
macro_rules! __routes {
    ($($handler:path),+ $(,)?) => {
        $crate::routes::Endpoints::default()
            $(.and($crate::routes::expanded::utoipa_axum::routes!($handler), &$handler))+
    };
}
