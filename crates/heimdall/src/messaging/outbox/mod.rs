//! The outbox: what is to be published is written in the transaction of what it tells about.
//!
//! [`enqueue`] makes the rows, as a query that a unit of work flushes with its other writes; a [`Relay`] moves them to
//! the log and deletes them. An event is therefore published if, and only if, its transaction committed.
//!
//! Order is kept per key. The relay publishes what it finds in the order of `seq`, and never remembers a place in that
//! order: a row that is committed late is found late, but found, and a transaction that takes long holds up nobody
//! else. Two rows of one key stand in the right order because whoever changes one thing changes its version as well,
//! and so waits for the change before.

mod backoff_table;
mod config;
mod enqueue;
pub(crate) mod headers;
mod health;
mod lease;
mod pass;
mod relay;
mod row;

pub use self::config::RelayConfig;
pub use self::enqueue::{EnqueueError, MOST_MESSAGES, OutboxMessage, OutboxRecord, enqueue, enqueue_records};
pub use self::health::RelayHealth;
pub use self::relay::Relay;

/// Rows are spread over so many buckets by their key; relays lease buckets. The migrations made as many rows.
pub(crate) const BUCKETS: i32 = 32;
