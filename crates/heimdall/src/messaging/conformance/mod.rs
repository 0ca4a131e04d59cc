//! What every adapter of the log port must do: one suite, run on each of them.
//!
//! Each check is a function that panics when the promise is broken. It works on topics and groups of its own, whose
//! names start with the [`Stage`]'s prefix, so checks may run side by side and again on a log that is not empty.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests, for several crates")]
#![allow(clippy::missing_panics_doc, reason = "they panic when the promise is broken")]

mod content;
mod delivery;
mod membership;
mod positions;
mod stage;
mod topics;

pub use self::content::{
    bytes_are_kept, keyless_records_are_spread, keys_are_placed_by_murmur2, large_payloads_are_kept,
};
pub use self::delivery::{
    acknowledged_is_durable, durable_records_are_there, order_is_kept_per_key, results_are_per_record,
};
pub use self::membership::{
    a_closed_member_says_so, members_share_and_hand_over, new_topics_are_noticed, spare_members_are_healthy,
};
pub use self::positions::{
    groups_are_independent, latest_starts_after_what_is_there, next_is_cancel_safe, positions_survive,
    uncommitted_is_delivered_again,
};
pub use self::stage::Stage;
pub use self::topics::{nothing_creates_a_topic_in_passing, topics_become_as_wanted};
