//! HTTP conventions: problem documents, strict extractors, and the layers around every route.
//!
//! Handlers take [`Json`], [`Query`], [`Path`], [`IfMatch`], [`IdempotencyKey`] and the caller, and return
//! `Result<_, Problem>`; [`Layers`](crate::server::Layers) goes around the whole router, once.

mod body;
mod conditional;
mod idempotency;
mod negotiation;
mod or_not_found;
mod paging;
mod path;
pub mod problem;
mod query;
mod request_id;

pub(crate) use body::{BodyLimit, Shape};
pub use body::{Json, MergePatch, parse_json};
pub use conditional::{ETag, IfMatch};
pub use idempotency::IdempotencyKey;
pub use negotiation::prefers;
pub use or_not_found::OrNotFound;
pub use paging::{Cursor, Limit, Page, Paging};
pub use path::Path;
pub use problem::{FieldError, PROBLEM_JSON, Problem, ProblemCatalog, ProblemDocument, ProblemType};
pub(crate) use problem::{SentProblem, render};
pub use query::Query;
pub use request_id::RequestId;
pub(crate) use request_id::X_REQUEST_ID;
