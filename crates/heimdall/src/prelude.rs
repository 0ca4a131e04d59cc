//! The names that nearly every service needs, for programs of one file: `use heimdall::prelude::*;`.
//!
//! Larger services name what they use where they use it. `Query` is that of the [database](crate::database); the query
//! string of a request is [`http::Query`](crate::http::Query). `State` is that of axum.
//!
//! ```
//! use heimdall::prelude::*;
//!
//! /// The answer to everything.
//! #[utoipa::path(get, path = "/answer", responses((status = 200, description = "The answer", body = u64)))]
//! async fn answer() -> Json<u64> {
//!     Json(42)
//! }
//!
//! async fn compose(service: &Service) -> Result<(), CompositionError> {
//!     service.routes(Routes::new().with(permission("answers:read"), routes!(answer)));
//!     Ok(())
//! }
//! ```

pub use axum::extract::State;

#[doc(inline)]
pub use crate::__routes as routes;
pub use crate::database::{Database, DatabaseError, Migration, Migrations, Query};
pub use crate::http::{Json, OrNotFound, Path, Problem};
pub use crate::lifecycle::{CompositionError, Service};
pub use crate::messaging::consumer::HandlerError;
pub use crate::messaging::{Cause, Event, EventType, Work, WorkFactory};
pub use crate::routes::{Routes, any_caller, permission, public};
