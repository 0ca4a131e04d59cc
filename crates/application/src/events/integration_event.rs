use domain::{Status, TaskEvent};
use schemars::SchemaGenerator;
use serde_json::{Value, json};
use strum::VariantArray;

use super::description::{EventDescription, EventSubject};
use super::names::{ENTITY_CREATED, ENTITY_DELETED, ENTITY_UPDATED, task_event_type};
use super::{example, schema};

/// Every event that Valkyrie sends or receives. [`IntegrationEvent::ALL`] lists them in the order in which documents
/// show them; the compiler makes that list, so that none can be forgotten.
///
/// ```
/// use application::events::{IntegrationEvent, TASK_NAMESPACE};
///
/// let types: Vec<_> = IntegrationEvent::ALL.iter().map(|event| event.type_in(TASK_NAMESPACE)).collect();
/// assert_eq!(types[0], "midgard.scaffold-task.created.v1");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray)]
#[expect(missing_docs, reason = "`describe` has a summary of each, which others read as well")]
pub enum IntegrationEvent {
    TaskCreated,
    TaskUpdated,
    TaskQueued,
    TaskStarted,
    TaskCompleted,
    TaskFailed,
    TaskCancelled,
    TaskDecommissioned,
    TaskDeleted,
    EntityCreated,
    EntityUpdated,
    EntityDeleted,
}

impl IntegrationEvent {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// What there is to know about this event.
    pub const fn describe(self) -> EventDescription {
        match self {
            Self::TaskCreated => task("created", "A task was written down.", Status::Draft),
            Self::TaskUpdated => task("updated", "A draft was changed.", Status::Draft),
            Self::TaskQueued => task("queued", "A task waits for a worker.", Status::Queued),
            Self::TaskStarted => task("started", "A worker began an attempt.", Status::Running),
            Self::TaskCompleted => {
                let event = task("completed", "The service was made.", Status::Completed);
                EventDescription { carries: &["task", "entities"], ..event }
            }
            Self::TaskFailed => {
                let event = task("failed", "An attempt failed.", Status::Failed);
                EventDescription { carries: &["task", "failure"], ..event }
            }
            Self::TaskCancelled => task("cancelled", "A task was stopped on request.", Status::Cancelled),
            Self::TaskDecommissioned => {
                task("decommissioned", "The service is gone from the catalog.", Status::Decommissioned)
            }
            Self::TaskDeleted => task("deleted", "A task was removed; its history stays.", Status::Cancelled),
            Self::EntityCreated => EventDescription {
                carries: &["entityRef", "entity"],
                lacks: &["previous"],
                ..entity("created", "An entity came into being.", ENTITY_CREATED)
            },
            Self::EntityUpdated => EventDescription {
                carries: &["entityRef", "entity"],
                ..entity("updated", "An entity changed.", ENTITY_UPDATED)
            },
            Self::EntityDeleted => {
                EventDescription { lacks: &["entity"], ..entity("deleted", "An entity is gone.", ENTITY_DELETED) }
            }
        }
    }

    /// Its short name, the last word of its type before the version.
    pub const fn name(self) -> &'static str {
        self.describe().name
    }

    /// An example of what it carries.
    pub fn example(self) -> Value {
        let event = self.describe();
        match event.subject {
            EventSubject::Task { example } => json!(example::task(&event, example)),
            EventSubject::Entity { .. } => json!(example::entity(&event)),
        }
    }

    /// The JSON Schema of what it carries, with references into the generator's definitions.
    pub fn schema(self, generator: &mut SchemaGenerator) -> Value {
        schema::schema(&self.describe(), generator)
    }

    /// Its type as it stands in the envelope, where task events have this namespace.
    pub fn type_in(self, task_namespace: &str) -> String {
        match self.describe() {
            EventDescription { subject: EventSubject::Task { .. }, name, .. } => task_event_type(task_namespace, name),
            EventDescription { subject: EventSubject::Entity { event_type }, .. } => event_type.to_owned(),
        }
    }
}

const fn task(name: &'static str, summary: &'static str, example: Status) -> EventDescription {
    EventDescription { name, summary, subject: EventSubject::Task { example }, carries: &["task"], lacks: &[] }
}

const fn entity(name: &'static str, summary: &'static str, event_type: &'static str) -> EventDescription {
    EventDescription {
        name,
        summary,
        subject: EventSubject::Entity { event_type },
        carries: &["entityRef"],
        lacks: &[],
    }
}

impl From<&TaskEvent> for IntegrationEvent {
    fn from(event: &TaskEvent) -> Self {
        match event {
            TaskEvent::Created => Self::TaskCreated,
            TaskEvent::Updated => Self::TaskUpdated,
            TaskEvent::Queued => Self::TaskQueued,
            TaskEvent::Started => Self::TaskStarted,
            TaskEvent::Completed { .. } => Self::TaskCompleted,
            TaskEvent::Failed { .. } => Self::TaskFailed,
            TaskEvent::Cancelled => Self::TaskCancelled,
            TaskEvent::Decommissioned => Self::TaskDecommissioned,
            TaskEvent::Deleted => Self::TaskDeleted,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::{CatalogEventData, TASK_NAMESPACE, TaskEventData};
    use super::*;

    #[test]
    fn each_has_a_type_of_its_own() {
        let types: HashSet<_> = IntegrationEvent::ALL.iter().map(|event| event.type_in(TASK_NAMESPACE)).collect();
        assert_eq!(types.len(), IntegrationEvent::ALL.len());
    }

    #[test]
    fn each_example_is_what_the_event_says_that_it_carries() {
        for event in IntegrationEvent::ALL {
            let (event, example) = (event.describe(), event.example());
            for member in event.carries {
                assert!(example.get(member).is_some_and(|value| !value.is_null()), "{event:?}: {example}");
            }
            for member in event.lacks {
                assert_eq!(example.get(member), Some(&Value::Null), "{event:?}: {example}");
            }
            match event.subject {
                EventSubject::Task { .. } => assert!(serde_json::from_value::<TaskEventData>(example).is_ok()),
                EventSubject::Entity { .. } => assert!(serde_json::from_value::<CatalogEventData>(example).is_ok()),
            }
        }
    }
}
