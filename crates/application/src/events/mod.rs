//! The integration events: those that Valkyrie publishes about tasks, and those about the catalog that it consumes.
//!
//! [`IntegrationEvent`] lists all of them; its one `match` says what each is called, when it is sent and what it carries.
//! Names are relative to a namespace that an installation can choose; the defaults are the contract.

mod data;
mod description;
mod example;
mod integration_event;
mod names;
mod schema;

pub use data::{CatalogEventData, TaskEventData};
pub use description::{EventDescription, EventSubject};
pub use integration_event::IntegrationEvent;
pub use names::{
    CATALOG_GROUP, CATALOG_TOPIC_PREFIX, ENTITY_CREATED, ENTITY_DELETED, ENTITY_UPDATED, TASK_NAMESPACE,
    task_event_type,
};
