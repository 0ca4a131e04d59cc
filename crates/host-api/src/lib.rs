//! The Scaffolder HTTP API: what people and programs ask of Valkyrie.
//!
//! It only translates between HTTP and the use cases of `application`. One registration of a handler with its rule gives its
//! route, who may use it, and its part of the OpenAPI document ([`heimdall::routes`]).

mod api;
mod audit;
mod caller;
mod catalog;
mod compose;
mod description;
mod errors;
mod nothing;
mod operations;
pub mod permissions;
pub mod problems;
mod removals;
mod routes;
mod tasks;
mod templates;

pub use api::{Api, UseCases};
pub use compose::{compose, describe};
pub use description::{DESCRIPTION, openapi};
pub use routes::routes;
