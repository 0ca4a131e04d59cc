//! The worker over real databases: `SQLite` always, Postgres where `VALKYRIE_TEST_POSTGRES_URL` names a server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

mod endings;
mod leases;
mod outage;
mod runs;
mod whole;
mod world;
