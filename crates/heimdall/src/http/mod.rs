//! HTTP conventions: problem documents, strict extractors, and the layers around every route.
//!
//! Handlers take [`Json`], [`Query`], [`Path`], [`IfMatch`], [`IdempotencyKey`] and the caller, and return
//! `Result<_, Problem>`; [`Layers`] goes around the whole router, once.

mod body;
mod conditional;
mod idempotency;
mod layers;
mod paging;
mod path;
pub mod problem;
mod query;

pub use body::{Json, MergePatch, parse_json};
pub use conditional::{ETag, IfMatch};
pub use idempotency::IdempotencyKey;
pub use layers::{Access, HttpMetrics, Layers, Limits, RequestId};
pub use paging::{Cursor, Limit, Page};
pub use path::Path;
pub use problem::{FieldError, PROBLEM_JSON, Problem, ProblemCatalog, ProblemDocument, ProblemType};
pub use query::Query;
