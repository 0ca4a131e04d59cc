//! The adapters, on a real `SQLite` file and, where there is a server, on a real Postgres.

mod artifacts;
mod catalog;
mod leases;
mod ownership;
mod scaffolded;
mod support;
mod tasks;
mod templates;
