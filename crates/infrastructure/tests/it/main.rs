//! The adapters, on a real `SQLite` file and, where there is a server, on a real Postgres.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::format_push_string,
    reason = "a helper of a test may fail the test"
)]

mod artifacts;
mod catalog;
mod leases;
mod ownership;
mod references;
mod removals;
mod scaffolded;
mod stored_rows;
mod support;
mod tasks;
mod templates;
