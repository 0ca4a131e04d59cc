//! The Scaffolder HTTP API: what people and programs ask of Valkyrie.
//!
//! It only translates between HTTP and the use cases of `application`. One registration of a handler gives both its route
//! and its part of the OpenAPI document; what every operation has in common (problems, security) is added in one place
//! ([`discovery`]).
//!
//! Nothing here is open by accident: all routes need a token, but for those of [`discovery`] and the problem pages.

mod allowed;
mod api;
mod audit;
mod catalog;
mod compose;
pub mod discovery;
mod errors;
mod negotiation;
mod paging;
pub mod permissions;
pub mod problems;
mod removals;
mod routes;
mod tasks;
mod templates;

pub use api::{Api, Names, UseCases};
pub use compose::compose;
pub use routes::{PUBLIC, routes};
