//! What tests use in the place of the real world: a clock that stands still, ids that repeat.

mod clock;
mod ids;

pub use clock::ManualClock;
pub use ids::SeededIds;
