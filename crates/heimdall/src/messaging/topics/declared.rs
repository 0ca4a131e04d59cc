//! The topics that a service declares.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use thiserror::Error;

use super::{CleanupPolicy, EventDescription, Retention, TopicPlanError, TopicSpec, TopicSpecError};
use crate::messaging::event::EventType;
use crate::messaging::subscription::Subscription;

/// So many partitions a topic has unless it is declared otherwise.
const PARTITIONS: u32 = 3;

/// The topics that a service declares: what it publishes to and reads, how they should be, and which types of events
/// they carry. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct DeclaredTopics(Arc<RwLock<Registry>>);

#[derive(Debug, Default)]
struct Registry {
    topics: BTreeMap<String, DeclaredTopic>,
    contradictions: Vec<String>,
}

/// A topic as it was declared.
#[derive(Debug, Clone, Default)]
pub struct DeclaredTopic {
    /// What the topic is about.
    pub description: Option<String>,
    /// The types of events that the service publishes to it.
    pub carries: Vec<EventDescription>,
    /// Whether this process needs the topic to be there.
    wanted: bool,
    partitions: Option<u32>,
    retention: Option<Retention>,
    cleanup_policy: Option<CleanupPolicy>,
    readers: Vec<String>,
}

/// An event that a service publishes without having declared it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "the service has not declared that topic `{topic}` carries `{kind}`: \
     say so with `service.topic(\"{topic}\").carries::<…>()` where it is composed"
)]
pub struct UndeclaredEvent {
    /// The topic.
    pub topic: String,
    /// The type of the event.
    pub kind: String,
}

impl DeclaredTopics {
    /// Declares a topic, or goes on with one that is declared already.
    pub fn topic(&self, name: impl Into<String>) -> TopicDeclaration {
        self.topic_elsewhere(name).change(|topic| {
            topic.wanted = true;
            true
        })
    }

    /// The same for a topic that another process declares: what is said of it is known, and it is not among the
    /// [`specs`](Self::specs).
    pub fn topic_elsewhere(&self, name: impl Into<String>) -> TopicDeclaration {
        let declaration = TopicDeclaration { topics: self.clone(), name: name.into() };
        declaration.change(|_| true)
    }

    /// Whether it was declared that the topic carries events of this type.
    pub fn carries(&self, topic: &str, kind: &str) -> bool {
        let registry = self.read();
        registry.topics.get(topic).is_some_and(|topic| topic.carries.iter().any(|event| event.kind == kind))
    }

    /// All topics by name.
    pub fn all(&self) -> Vec<(String, DeclaredTopic)> {
        self.read().topics.iter().map(|(name, topic)| (name.clone(), topic.clone())).collect()
    }

    /// The topics as they should be, and those on which their readers park what they can't process: the declared
    /// readers, and the groups of `subscriptions`.
    pub fn specs(&self, subscriptions: &[Subscription]) -> Result<Vec<TopicSpec>, TopicPlanError> {
        let registry = self.read();
        if let Some(name) = registry.contradictions.first() {
            return Err(TopicPlanError::Contradiction(name.clone()));
        }
        let mut specs = Vec::new();
        for (name, topic) in registry.topics.iter().filter(|(_, topic)| topic.wanted) {
            let spec = topic.spec(name)?;
            let groups =
                subscriptions.iter().filter(|subscription| subscription.matches(name)).map(Subscription::group);
            let mut readers: Vec<&str> = topic.readers.iter().map(String::as_str).chain(groups).collect();
            readers.sort_unstable();
            readers.dedup();
            let parking = readers.into_iter().map(|group| spec.parking_for(group)).collect::<Result<Vec<_>, _>>()?;
            specs.push(spec);
            specs.extend(parking.into_iter().flatten());
        }
        Ok(specs)
    }

    fn read(&self) -> RwLockReadGuard<'_, Registry> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DeclaredTopic {
    fn spec(&self, name: &str) -> Result<TopicSpec, TopicSpecError> {
        let spec = match self.partitions {
            Some(partitions) => TopicSpec::new(name, partitions)?,
            None => TopicSpec::new(name, PARTITIONS)?.any_partitions(),
        };
        Ok(TopicSpec { retention: self.retention, cleanup_policy: self.cleanup_policy, ..spec })
    }
}

/// One topic, while it is declared.
#[derive(Debug)]
pub struct TopicDeclaration {
    topics: DeclaredTopics,
    name: String,
}

#[expect(clippy::return_self_not_must_use, reason = "each call declares something; most end a statement")]
impl TopicDeclaration {
    /// So many partitions. More can be added later, but then older and newer events of a key are not in order with each
    /// other. Unless told, a missing topic is made with 3, and one that is there is left as it is: say nothing of a topic
    /// that belongs to another service.
    pub fn partitions(self, partitions: u32) -> Self {
        self.set(|topic| &mut topic.partitions, partitions)
    }

    /// How long events are kept; unless told, as long as the log does by default.
    pub fn retention(self, retention: Retention) -> Self {
        self.set(|topic| &mut topic.retention, retention)
    }

    /// What becomes of old events; unless told, what the log does by default.
    pub fn cleanup_policy(self, policy: CleanupPolicy) -> Self {
        self.set(|topic| &mut topic.cleanup_policy, policy)
    }

    /// The service publishes events of this type to it. Others can't be published to it.
    pub fn carries<T: EventType>(self) -> Self {
        self.carries_event(EventDescription::of::<T>())
    }

    /// The same for a type whose name is known only when the service runs.
    pub fn carries_event(self, event: EventDescription) -> Self {
        self.change(|topic| {
            if topic.carries.iter().all(|known| known.kind != event.kind) {
                topic.carries.push(event);
            }
            true
        })
    }

    /// Another service reads it with this group, and needs topics to park on. The groups of this service are known.
    pub fn read_by(self, group: impl Into<String>) -> Self {
        let group = group.into();
        self.change(|topic| {
            topic.readers.push(group);
            true
        })
    }

    /// What the topic is about, for people.
    pub fn describe(self, description: impl Into<String>) -> Self {
        let description = description.into();
        self.change(|topic| {
            topic.description = Some(description);
            true
        })
    }

    /// Sets what must not be set to two values.
    fn set<T: PartialEq>(self, field: fn(&mut DeclaredTopic) -> &mut Option<T>, value: T) -> Self {
        self.change(|topic| match field(topic).replace(value) {
            Some(before) => field(topic).as_ref() == Some(&before),
            None => true,
        })
    }

    /// A change that answers whether it agrees with what was said before.
    fn change(self, change: impl FnOnce(&mut DeclaredTopic) -> bool) -> Self {
        {
            let mut registry = self.topics.0.write().unwrap_or_else(PoisonError::into_inner);
            if !change(registry.topics.entry(self.name.clone()).or_default()) {
                registry.contradictions.push(self.name.clone());
            }
        }
        self
    }
}
