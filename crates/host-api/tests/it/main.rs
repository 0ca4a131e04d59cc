//! The API over real `SQLite`, through the router with all its layers on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what a test relies on and does not find has failed it"
)]

mod artifacts;
mod audit;
mod away;
mod bad_bodies;
mod catalog;
mod changes;
mod discovery;
mod drafts;
mod history;
mod idempotency;
mod lists;
mod ownership;
mod removals;
mod requests;
mod template_routes;
mod templates;
mod tokens;
mod world;
