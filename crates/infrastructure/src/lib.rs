//! What the use cases need, made of real things: Postgres or `SQLite`, templates on disk or in the binary.
//!
//! A host asks for [`Adapters`] where it composes, and nowhere else.

mod adapters;
mod artifacts;
mod catalog;
mod declared_events;
mod errors;
mod events;
mod fingerprints;
mod housekeeping;
mod migrations;
mod open;
mod removals;
mod stored_row;
mod tasks;
pub mod templates;
mod vault;

pub use adapters::{Adapters, Settings};
pub use catalog::{CatalogConfig, CheckReferences, OnRemoval, SqlCatalogWork};
pub use declared_events::declare_events;
pub use errors::StoredRowError;
pub use events::EventsConfig;
pub use housekeeping::{IDEMPOTENCY_LIFETIME, expire_idempotency_keys};
pub use migrations::MIGRATIONS;
pub use open::{SecretsConfig, sections};
pub use vault::{Vault, VaultError};
