use application::events::TASK_NAMESPACE;
use heimdall::config::{Section, Violation};
use heimdall::messaging::envelope::EnvelopeMode;
use heimdall::messaging::topics::schema_path;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Section `events`: what our events are called and where they go. The defaults are the contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EventsConfig {
    /// The topic of task events.
    pub topic: String,
    /// What the types of task events begin with.
    pub namespace: String,
    /// What the catalog's topics begin with; the kind follows.
    pub catalog_topic_prefix: String,
    /// The consumer group that takes the catalog's events in: each Valkyrie that shares a Kafka with another needs its own.
    pub catalog_group: String,
    /// The `source` of our events.
    pub source: String,
    /// Whether the envelope stands in the payload (`structured`) or in headers (`binary`).
    pub mode: EnvelopeMode,
}

impl Default for EventsConfig {
    fn default() -> Self {
        Self {
            topic: TASK_NAMESPACE.to_owned(),
            namespace: TASK_NAMESPACE.to_owned(),
            catalog_topic_prefix: application::events::CATALOG_TOPIC_PREFIX.to_owned(),
            catalog_group: application::events::CATALOG_GROUP.to_owned(),
            source: "/valkyrie/scaffolder".to_owned(),
            mode: EnvelopeMode::Structured,
        }
    }
}

impl Section for EventsConfig {
    const PATH: &'static str = "events";

    fn validate(&self) -> Vec<Violation> {
        let named = |key: &str, text: &str| {
            let legal =
                !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
            Violation::unless(legal, key, "must be letters, digits, `.`, `-` and `_`, as Kafka wants topics")
        };
        [
            named("topic", &self.topic),
            named("namespace", &self.namespace),
            named("catalog_topic_prefix", &self.catalog_topic_prefix),
            Violation::unless(
                self.catalog_topic_prefix.ends_with('.'),
                "catalog_topic_prefix",
                "must end with a dot, such as `backstage.catalog.`: the kind follows it",
            ),
            named("catalog_group", &self.catalog_group),
            Violation::unless(
                !self.catalog_group.contains('.'),
                "catalog_group",
                "must have no dots: its dead letters would look like topics of the catalog",
            ),
            Violation::unless(
                !self.source.is_empty(),
                "source",
                "must be a URI reference such as `/valkyrie/scaffolder`",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// What the events need to know when they are written.
pub(crate) struct Events {
    pub(crate) config: EventsConfig,
    /// Where Valkyrie is reached, for the links in `dataschema`.
    pub(crate) public_url: String,
}

impl Events {
    /// Where the JSON Schema of an event's data is found.
    pub(crate) fn schema_of(&self, kind: &str) -> String {
        format!("{}{}", self.public_url.trim_end_matches('/'), schema_path(kind))
    }
}
