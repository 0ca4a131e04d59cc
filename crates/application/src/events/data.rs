use domain::{RecordedEvent, TaskEvent};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::view::{FailureView, TaskView};

/// What a task event carries: the task as the API shows it, and with some events a little more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
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
