use domain::Tally;
use serde::{Deserialize, Serialize};

/// The type of the events that this service acts on.
pub const ITEMS_RECEIVED: &str = ${{ values.inputEvent | dump }};
/// The type of the events that it publishes.
pub const TALLY_CHANGED: &str = "${{ values.name }}.tally-changed.v1";

/// Items came in: the data of [`ITEMS_RECEIVED`]. What others add to it is passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsReceived {
    /// The item's name.
    pub item: String,
    /// How many of it.
    pub quantity: u64,
}

/// A tally changed: the data of [`TALLY_CHANGED`]. It says all that a reader needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TallyChanged {
    /// The item's name.
    pub item: String,
    /// How many came in with the event that changed it.
    pub received: u64,
    /// How many have come in so far.
    pub quantity: u64,
}

impl TallyChanged {
    /// What is to be said of a tally after so many came in.
    pub fn new(tally: &Tally, received: u64) -> Self {
        Self { item: tally.item().to_string(), received, quantity: tally.quantity() }
    }
}
