//! The topics that Valkyrie writes and reads, and how they should be: section `topics` of the configuration.

use std::time::Duration;

use heimdall::{
    config::{Section, Violation},
    messaging::topics::{CleanupPolicy, DeclaredTopics, Retention, TopicDeclaration, TopicPlanError, TopicSpec},
};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// The group of the Backstage module that reads task events.
const BACKSTAGE_GROUP: &str = "backstage-midgard";

const DAY: Duration = Duration::from_hours(24);

/// Section `topics`: what `valkyrie topics` plans and applies. Replication is left to the broker's default.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TopicsConfig {
    /// The topic of task events.
    #[serde(deserialize_with = "integration")]
    pub integration: TopicConfig,
    /// The topics of the catalog, one for each kind.
    #[serde(deserialize_with = "catalog")]
    pub catalog: TopicConfig,
    /// The kinds of entities whose topics are made ahead. Topics of other kinds are read, too, once somebody makes them.
    pub catalog_kinds: Vec<String>,
}

/// How one topic, or one family of topics, should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
// Each family has defaults of its own: what is left out is taken from those.
#[schemars(extend("required" = []))]
pub struct TopicConfig {
    /// How many partitions; more can be added later, but that mixes up the order of older and newer events of a key.
    pub partitions: u32,
    /// How long events are kept, in days; 0 keeps them for ever.
    pub retention_days: u32,
    /// `delete` (by age), `compact` (the newest of each key stays) or `compact-and-delete`.
    pub cleanup_policy: CleanupPolicy,
}

const INTEGRATION: TopicConfig =
    TopicConfig { partitions: 12, retention_days: 30, cleanup_policy: CleanupPolicy::Delete };
/// The newest event of an entity is its state: the read model can be built again from the topic.
const CATALOG: TopicConfig = TopicConfig { partitions: 3, retention_days: 0, cleanup_policy: CleanupPolicy::Compact };

/// What somebody says of a family of topics. The rest stays as it is by default for that family, not for any other.
#[derive(Default, Deserialize)]
#[serde(default)]
struct TopicOverrides {
    partitions: Option<u32>,
    retention_days: Option<u32>,
    cleanup_policy: Option<CleanupPolicy>,
}

fn integration<'de, D: Deserializer<'de>>(given: D) -> Result<TopicConfig, D::Error> {
    TopicOverrides::deserialize(given).map(|said| said.over(INTEGRATION))
}

fn catalog<'de, D: Deserializer<'de>>(given: D) -> Result<TopicConfig, D::Error> {
    TopicOverrides::deserialize(given).map(|said| said.over(CATALOG))
}

impl TopicOverrides {
    fn over(self, standard: TopicConfig) -> TopicConfig {
        TopicConfig {
            partitions: self.partitions.unwrap_or(standard.partitions),
            retention_days: self.retention_days.unwrap_or(standard.retention_days),
            cleanup_policy: self.cleanup_policy.unwrap_or(standard.cleanup_policy),
        }
    }
}

impl Default for TopicsConfig {
    fn default() -> Self {
        let kinds = ["component", "api", "system", "domain", "resource", "location", "user", "group", "template"];
        Self { integration: INTEGRATION, catalog: CATALOG, catalog_kinds: kinds.map(str::to_owned).to_vec() }
    }
}

impl TopicsConfig {
    /// Declares all topics as they should be: `integration`, and those of the known kinds (behind `catalog_prefix`),
    /// with where their readers (`catalog_group`, and Backstage's) park what they can't process (yet).
    pub fn declare(&self, topics: &DeclaredTopics, integration: &str, catalog_prefix: &str, catalog_group: &str) {
        self.integration.declare(topics.topic(integration)).read_by(BACKSTAGE_GROUP);
        for kind in &self.catalog_kinds {
            self.catalog.declare(topics.topic(format!("{catalog_prefix}{kind}"))).read_by(catalog_group);
        }
    }

    /// The same as a list, with those on which readers park.
    pub fn wanted(
        &self,
        integration: &str,
        catalog_prefix: &str,
        catalog_group: &str,
    ) -> Result<Vec<TopicSpec>, TopicPlanError> {
        let topics = DeclaredTopics::default();
        self.declare(&topics, integration, catalog_prefix, catalog_group);
        topics.specs(&[])
    }
}

impl TopicConfig {
    fn declare(self, topic: TopicDeclaration) -> TopicDeclaration {
        let retention = match self.retention_days {
            0 => Retention::Forever,
            days => Retention::For(DAY * days),
        };
        topic.partitions(self.partitions).retention(retention).cleanup_policy(self.cleanup_policy)
    }
}

impl Section for TopicsConfig {
    const PATH: &'static str = "topics";

    fn validate(&self) -> Vec<Violation> {
        let families = [("integration", self.integration), ("catalog", self.catalog)];
        let partitions = families.into_iter().filter_map(|(family, topic)| {
            let well = (1..=1000).contains(&topic.partitions);
            Violation::unless(well, format!("{family}.partitions"), "must be from 1 to 1000")
        });
        let kinds = self.catalog_kinds.iter().filter_map(|kind| {
            let well = !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
            Violation::unless(well, "catalog_kinds", format!("must hold kinds in lower case, which `{kind}` is not"))
        });
        partitions.chain(kinds).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_topic_has_places_to_park() {
        let names: Vec<_> = TopicsConfig::default()
            .wanted("midgard.scaffold-task", "backstage.catalog.", "valkyrie-catalog")
            .unwrap()
            .into_iter()
            .map(|spec| spec.name)
            .collect();
        assert_eq!(names.len(), 10 * 3);
        assert!(names.contains(&"midgard.scaffold-task.backstage-midgard.retry".to_owned()));
        assert!(names.contains(&"backstage.catalog.component.valkyrie-catalog.dead-letter".to_owned()));
    }

    #[test]
    fn catalog_events_are_kept_for_ever() {
        let wanted = TopicsConfig::default().wanted("t", "backstage.catalog.", "ours").unwrap();
        let component = wanted.iter().find(|spec| spec.name == "backstage.catalog.component").unwrap();
        assert_eq!(component.retention, Some(Retention::Forever));
        assert_eq!(component.cleanup_policy, Some(CleanupPolicy::Compact));
        assert!(wanted.iter().any(|spec| spec.name == "backstage.catalog.component.ours.dead-letter"));
    }

    #[test]
    fn what_is_said_of_one_setting_leaves_the_others_of_its_family() {
        let config: TopicsConfig = serde_json::from_str(r#"{"catalog": {"partitions": 4}}"#).unwrap();
        assert_eq!(config.catalog, TopicConfig { partitions: 4, ..CATALOG });
        assert_eq!(config.integration, INTEGRATION);
    }

    #[test]
    fn what_can_be_no_kind_is_named() {
        let config = TopicsConfig { catalog_kinds: vec!["Component".to_owned()], ..TopicsConfig::default() };
        assert_eq!(config.validate().len(), 1);
    }
}
