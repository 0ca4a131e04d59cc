//! What tests use in the place of the real world: a clock that stands still, ids that repeat,
//! and databases of one test.

mod clock;
mod database;
mod ids;

pub use clock::ManualClock;
pub use database::{POSTGRES_URL, TemporaryPostgres, TestDatabase};
pub use ids::SeededIds;
