//! The worker: runs tasks, publishes events, and follows the catalog.
//!
//! - [`Runner`]: claims tasks with a lease, runs them, and ends them.
//! - The relay and the consumer are the foundation's; [`compose`] puts them beside the runner, with a handler that takes
//!   the catalog's events into the read model.
//! - [`TopicsConfig`]: the topics that all of this needs.

mod catalog;
mod chores;
mod compose;
mod runner;
mod topics;

pub use compose::compose;
pub use runner::{Runner, WorkerConfig};
pub use topics::{TopicConfig, TopicsConfig};
