//! The integration events: what others hear of Valkyrie, and what Valkyrie hears of the catalog.
//!
//! Names are relative to a namespace that an installation can choose; the defaults are the contract.

use domain::{RecordedEvent, TaskEvent};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::view::{FailureView, TaskView};

/// The namespace of task events, and the name of their topic, unless an installation chooses another.
pub const TASK_NAMESPACE: &str = "midgard.scaffold-task";
/// The beginning of the catalog's topics: the kind follows, in lower case.
pub const CATALOG_TOPIC_PREFIX: &str = "backstage.catalog.";
/// The consumer group that takes the catalog's events into the read model, by default.
pub const CATALOG_GROUP: &str = "valkyrie-catalog";
/// The type of the event of an entity that came into being.
pub const ENTITY_CREATED: &str = "backstage.catalog.entity.created.v1";
/// The type of the event of an entity that changed.
pub const ENTITY_UPDATED: &str = "backstage.catalog.entity.updated.v1";
/// The type of the event of an entity that is gone.
pub const ENTITY_DELETED: &str = "backstage.catalog.entity.deleted.v1";
/// The short names of all task events, as [`TaskEvent::name`] gives them.
pub const TASK_EVENTS: [&str; 9] =
    ["created", "updated", "queued", "started", "completed", "failed", "cancelled", "decommissioned", "deleted"];

/// The type of a task event on the topic.
///
/// ```
/// use application::events::{TASK_NAMESPACE, task_event_type};
/// assert_eq!(task_event_type(TASK_NAMESPACE, "completed"), "midgard.scaffold-task.completed.v1");
/// ```
pub fn task_event_type(namespace: &str, name: &str) -> String {
    format!("{namespace}.{name}.v1")
}

/// What a task event carries: the task as the API shows it, and with some events a little more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TaskEventData {
    /// The task right after the event.
    pub task: TaskView,
    /// Only with `completed`: the documents of the rendered `catalog-info.yaml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entities: Option<Vec<Value>>,
    /// Only with `failed`: where and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureView>,
}

impl From<&RecordedEvent> for TaskEventData {
    fn from(recorded: &RecordedEvent) -> Self {
        let (entities, failure) = match &recorded.event {
            TaskEvent::Completed { entities } => (Some(entities.clone()), None),
            TaskEvent::Failed { failure } => (None, Some(FailureView::from(failure))),
            _ => (None, None),
        };
        Self { task: TaskView::from(&recorded.task), entities, failure }
    }
}

/// What a catalog event carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CatalogEventData {
    /// Which entity, as `kind:namespace/name`.
    pub entity_ref: String,
    /// The entity now; `null` once it is gone.
    pub entity: Option<Value>,
    /// The entity before; `null` when it is new.
    #[serde(default)]
    pub previous: Option<Value>,
}
