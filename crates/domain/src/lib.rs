//! The domain: the aggregate, its value objects and events, independent of how they are stored, sent or shown.
//!
//! The one aggregate is the [`ScaffoldTask`]: a request for a service that is made from a template. It knows which
//! changes are legal, and it records each of them as a [`RecordedEvent`] that the unit of work turns into history
//! and into events for others. Everything here is synchronous and pure: time, ids and actors are parameters.

mod account;
mod actor;
mod entity_ref;
mod excerpt;
mod json;
mod service_name;
mod task;
mod template;

pub use account::{AccountError, AccountInfo};
pub use actor::Actor;
pub use entity_ref::{EntityRef, EntityRefError};
pub use excerpt::excerpt;
pub use json::JsonObject;
pub use service_name::{ServiceName, ServiceNameError};
pub use task::{
    Artifact, Change, Failure, IllegalChange, RecordedEvent, ScaffoldTask, Status, StatusError, TaskEvent, TaskId,
    TaskIdError, TaskSpec, TaskState,
};
pub use template::TemplateVersion;
