//! What tests use in the place of the real world: a clock that stands still, ids that repeat, databases of one test,
//! and an issuer whose keys rotate.

mod clock;
mod database;
mod ids;
mod issuer;
mod ports;
mod servers;
mod service;
mod work;

pub use clock::ManualClock;
pub use database::{POSTGRES_URL, TemporaryPostgres, TestDatabase};
pub use ids::SeededIds;
pub use issuer::{FakeIssuer, FakeKey, FakeToken, KeyKind};
pub use ports::free_port;
pub use servers::server;
pub use service::{DeadLetter, TestCaller, TestResponse, TestService, TestServiceBuilder};
pub use work::work_on;
