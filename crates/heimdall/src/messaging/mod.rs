//! Messaging that loses nothing: the event envelope, the log port and what stands on it.
//!
//! [`log::Log`] is the port to an ordered, partitioned, durable log. Everything that publishes or
//! consumes speaks to the port, never to an adapter.

mod config;
#[cfg(any(test, feature = "testing"))]
pub mod conformance;
pub mod consumer;
pub mod dead_letter;
pub mod embedded;
pub mod envelope;
mod event;
pub mod inbox;
pub mod kafka;
pub mod log;
pub mod murmur2;
pub mod outbox;
pub mod pattern;
pub mod record;
mod subscription;
pub mod topics;
pub mod work;

pub use config::{LogAdapter, LogConfig};
pub use event::{Event, EventType};
pub use work::{Cause, Work, WorkFactory};
