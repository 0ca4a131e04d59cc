//! The worker over real databases: `SQLite` always, Postgres where `VALKYRIE_TEST_POSTGRES_URL` names a server.

mod endings;
mod leases;
mod outage;
mod runs;
mod whole;
mod world;
