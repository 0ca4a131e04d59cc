//! What this service is about, without a word of how it is stored, sent or shown.

mod item;
mod tally;

pub use item::{Item, ItemError};
pub use tally::{Tally, TallyError};
