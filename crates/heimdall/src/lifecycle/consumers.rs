//! The consumers that a service declares.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OnceCell, watch};

use super::CompositionError;
use crate::messaging::{
    WorkFactory,
    consumer::{ConsumerHealth, EventHandlers, Handler, HandlerError},
    envelope::CloudEvent,
    log::{Start, Subscription},
    pattern::TopicPattern,
    record::Record,
    topics::DeclaredTopics,
    work::Work,
};

/// What a service has of messaging.
#[derive(Default)]
pub(crate) struct Messaging {
    pub(super) topics: DeclaredTopics,
    pub(crate) consumers: Consumers,
    pub(super) work: OnceCell<WorkFactory>,
    /// Whether there is a relay.
    pub(super) relays: Mutex<bool>,
    health: Mutex<Vec<(Subscription, watch::Receiver<ConsumerHealth>)>>,
}

impl Messaging {
    /// Notes a consumer that is there, and how it stands.
    pub(super) fn consumes(&self, subscription: Subscription, health: watch::Receiver<ConsumerHealth>) {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).push((subscription, health));
    }

    /// The subscriptions of all consumers, those that are only declared so far included.
    pub(super) fn subscriptions(&self) -> Result<Vec<Subscription>, CompositionError> {
        let declared = groups(&lock(&self.consumers.declared))?.into_iter().map(|(subscription, _)| subscription);
        let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(declared.chain(health.iter().map(|(subscription, _)| subscription.clone())).collect())
    }

    /// How the consumers stand.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn standing(&self) -> Vec<(Subscription, ConsumerHealth)> {
        let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.iter().map(|(subscription, health)| (subscription.clone(), health.borrow().clone())).collect()
    }
}

/// The consumers that were declared.
#[derive(Default)]
pub(crate) struct Consumers {
    declared: Arc<Mutex<Vec<Declared>>>,
}

struct Declared {
    group: String,
    topic: String,
    start: Start,
    handlers: EventHandlers,
}

/// A consumer, while it is declared.
pub struct ConsumerDeclaration {
    declared: Arc<Mutex<Vec<Declared>>>,
    index: usize,
}

impl ConsumerDeclaration {
    /// The consumer group, in the place of one that is called like the service.
    pub fn group(self, group: impl Into<String>) -> Self {
        let group = group.into();
        self.change(|declared| declared.group = group)
    }

    /// Where the group starts in a partition that it has no position in; unless told, at the earliest event.
    pub fn starting(self, start: Start) -> Self {
        self.change(|declared| declared.start = start)
    }

    fn change(self, change: impl FnOnce(&mut Declared)) -> Self {
        if let Some(declared) = lock(&self.declared).get_mut(self.index) {
            change(declared);
        }
        self
    }
}

impl Consumers {
    pub(super) fn add(&self, group: &str, topic: String, handlers: EventHandlers) -> ConsumerDeclaration {
        let mut declared = lock(&self.declared);
        declared.push(Declared { group: group.to_owned(), topic, start: Start::default(), handlers });
        ConsumerDeclaration { declared: self.declared.clone(), index: declared.len() - 1 }
    }

    /// What is said of each: its group, its topic, and its handlers.
    pub(crate) fn described(&self) -> Vec<(String, String, EventHandlers)> {
        let all = lock(&self.declared);
        all.iter().map(|one| (one.group.clone(), one.topic.clone(), one.handlers.clone())).collect()
    }

    /// Each group that was declared, with what it does about each of its topics.
    pub(super) fn by_group(&self) -> Result<Vec<(Subscription, ByTopic)>, CompositionError> {
        groups(&lock(&self.declared))
    }
}

fn lock(declared: &Mutex<Vec<Declared>>) -> MutexGuard<'_, Vec<Declared>> {
    declared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn groups(declared: &[Declared]) -> Result<Vec<(Subscription, ByTopic)>, CompositionError> {
    let mut names: Vec<&str> = Vec::new();
    for one in declared {
        if !names.contains(&one.group.as_str()) {
            names.push(&one.group);
        }
    }
    let group = |name: &str| {
        let members: Vec<_> = declared.iter().filter(|one| one.group == name).collect();
        let pattern = |one: &&Declared| one.topic.parse::<TopicPattern>().map_err(CompositionError::other);
        let patterns = members.iter().map(pattern).collect::<Result<Vec<_>, _>>()?;
        let start = members.first().map_or(Start::default(), |one| one.start);
        let subscription = Subscription::new(name, patterns.clone()).map_err(CompositionError::other)?;
        let handlers = patterns.into_iter().zip(members.iter().map(|one| one.handlers.clone())).collect();
        Ok((subscription.starting(start), ByTopic(handlers)))
    };
    names.into_iter().map(group).collect()
}

/// What a group does about the events of each of its topics.
pub(super) struct ByTopic(Vec<(TopicPattern, EventHandlers)>);

impl Handler for ByTopic {
    async fn handle(&self, event: &CloudEvent, record: &Record, work: &mut Work) -> Result<(), HandlerError> {
        for (pattern, handlers) in &self.0 {
            if pattern.matches(&record.topic) {
                handlers.handle(event, record, work).await?;
            }
        }
        Ok(())
    }
}
