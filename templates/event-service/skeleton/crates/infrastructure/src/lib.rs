//! What the domain stands on: the table of tallies, and the events that come in and go out.

mod events;
mod intake;
mod tallies;

use heimdall::database::{Migration, Migrations};

pub use events::{ITEMS_RECEIVED, ItemsReceived, TALLY_CHANGED, TallyChanged};
pub use intake::Intake;
pub use tallies::{Tallies, TalliesError};

/// This service's tables. What has run is never edited: add a file, and an entry to both lists.
pub const MIGRATIONS: Migrations = Migrations {
    history: "${{ values.table }}_migrations",
    postgres: &[Migration {
        version: 1,
        name: "tallies",
        sql: include_str!("../migrations/postgres/0001_tallies.sql"),
    }],
    sqlite: &[Migration { version: 1, name: "tallies", sql: include_str!("../migrations/sqlite/0001_tallies.sql") }],
};
