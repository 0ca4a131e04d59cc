//! Bodies: read strictly, checked against the type's JSON Schema, so that everything that is wrong is named at once.

mod close;
mod describe;
mod extract;
mod named;
mod parse;
mod pointer;
mod schema;
mod violation;

pub(super) use describe::{describe, resolve};
pub(crate) use extract::BodyLimit;
pub use extract::{Json, MergePatch};
pub(super) use parse::MAX_ERRORS;
pub use parse::parse_json;
pub(super) use pointer::{of_serde_path, segment};
pub(crate) use schema::Shape;
pub(super) use schema::read;
