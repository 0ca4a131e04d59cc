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

/// The type of a task event on the topic.
///
/// ```
/// use application::events::{TASK_NAMESPACE, task_event_type};
/// assert_eq!(task_event_type(TASK_NAMESPACE, "completed"), "midgard.scaffold-task.completed.v1");
/// ```
pub fn task_event_type(namespace: &str, name: &str) -> String {
    format!("{namespace}.{name}.v1")
}
