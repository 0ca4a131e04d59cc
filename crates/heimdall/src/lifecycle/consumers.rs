//! The consumers that a service declares.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OnceCell, watch};

use super::CompositionError;
use crate::asyncapi::{Read, TopicParameter};
use crate::messaging::{
    WorkFactory,
    consumer::{ConsumerHealth, EventHandlers, Handler, HandlerError},
    envelope::CloudEvent,
    log::{Start, Subscription},
    pattern::TopicPattern,
    record::Record,
    topics::{DeclaredTopics, EventDescription},
    work::Work,
};

/// What a service has of messaging.
#[derive(Default)]
pub(crate) struct Messaging {
    pub(super) topics: DeclaredTopics,
    pub(crate) consumers: Consumers,
    pub(super) work: OnceCell<WorkFactory>,
    relayed: AtomicBool,
    health: Mutex<Vec<(Subscription, watch::Receiver<ConsumerHealth>)>>,
}

impl Messaging {
    /// Notes a consumer that is there, and how it stands. One process has one consumer in a group: a second one would get
    /// half of the partitions, and with them events that only the first one knows how to handle.
    pub(super) fn consumes(
        &self,
        subscription: Subscription,
        health: watch::Receiver<ConsumerHealth>,
    ) -> Result<(), CompositionError> {
        let mut known = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        if known.iter().any(|(other, _)| other.group() == subscription.group()) {
            return Err(CompositionError::other(format!(
                "the service has two consumers in the group {0}, which would share its partitions: give one of them \
                 another group (`.group(\"…\")` of `on`, or the subscription of `consume`)",
                subscription.group()
            )));
        }
        known.push((subscription, health));
        Ok(())
    }

    /// Notes that there is a relay; answers whether there was one already.
    pub(super) fn relays(&self) -> bool {
        self.relayed.swap(true, Ordering::Relaxed)
    }

    /// Whether there is a relay.
    pub(super) fn is_relayed(&self) -> bool {
        self.relayed.load(Ordering::Relaxed)
    }

    /// Whether this process has a consumer, be it only declared so far.
    pub(super) fn is_consuming(&self) -> bool {
        let declared = lock(&self.consumers.declared).iter().any(|one| one.handlers.is_some());
        declared || !self.health.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// The subscriptions of all consumers, those that are only declared so far included.
    pub(crate) fn subscriptions(&self) -> Result<Vec<Subscription>, CompositionError> {
        let declared = lock(&self.consumers.declared).iter().map(subscription).collect::<Result<Vec<_>, _>>()?;
        let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(declared.into_iter().chain(health.iter().map(|(subscription, _)| subscription.clone())).collect())
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
    parameter: Option<TopicParameter>,
    summary: Option<String>,
    events: Vec<EventDescription>,
    /// `None` where another process of the service reads the topic.
    handlers: Option<EventHandlers>,
}

/// A consumer, while it is declared.
pub struct ConsumerDeclaration {
    declared: Arc<Mutex<Vec<Declared>>>,
    index: usize,
}

#[expect(clippy::return_self_not_must_use, reason = "each call declares something; most end a statement")]
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

    /// What the `*` of the topic's pattern stands for: its name, what it is, and examples. For AsyncAPI.
    pub fn parameter(self, name: &str, description: &str, examples: &[&str]) -> Self {
        let examples = examples.iter().map(ToString::to_string).collect();
        let (name, description) = (name.to_owned(), description.to_owned());
        self.change(|declared| declared.parameter = Some(TopicParameter { name, description, examples }))
    }

    /// What the topic is read for, in a sentence. For AsyncAPI.
    pub fn summary(self, summary: impl Into<String>) -> Self {
        let summary = summary.into();
        self.change(|declared| declared.summary = Some(summary))
    }

    /// What AsyncAPI says of the events that are handled, in the place of what their types say.
    pub fn describe(self, events: Vec<EventDescription>) -> Self {
        self.change(|declared| declared.events = events)
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
        self.push(group, topic, handlers.events(), Some(handlers))
    }

    /// A consumer of another process.
    pub(super) fn add_elsewhere(
        &self,
        group: &str,
        topic: String,
        events: Vec<EventDescription>,
    ) -> ConsumerDeclaration {
        self.push(group, topic, events, None)
    }

    fn push(
        &self,
        group: &str,
        topic: String,
        events: Vec<EventDescription>,
        handlers: Option<EventHandlers>,
    ) -> ConsumerDeclaration {
        let mut declared = lock(&self.declared);
        let (group, start) = (group.to_owned(), Start::default());
        declared.push(Declared { group, topic, start, parameter: None, summary: None, events, handlers });
        ConsumerDeclaration { declared: self.declared.clone(), index: declared.len() - 1 }
    }

    /// What AsyncAPI says of them.
    pub(super) fn described(&self) -> Vec<Read> {
        let read = |one: &Declared| Read {
            group: one.group.clone(),
            pattern: one.topic.clone(),
            parameter: one.parameter.clone(),
            summary: one.summary.clone(),
            events: one.events.clone(),
        };
        let mut all: Vec<Read> = Vec::new();
        for one in lock(&self.declared).iter().map(read) {
            let same = |known: &&mut Read| (&known.group, &known.pattern) == (&one.group, &one.pattern);
            match all.iter_mut().find(same) {
                // One host may declare what another one does: its first word counts.
                Some(known) => {
                    let known_types: Vec<_> = known.events.iter().map(|event| event.kind.clone()).collect();
                    known.events.extend(one.events.into_iter().filter(|event| !known_types.contains(&event.kind)));
                }
                None => all.push(one),
            }
        }
        all
    }

    /// Whether a handler takes events of this type on this topic.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn handles(&self, topic: &str, kind: &str) -> bool {
        lock(&self.declared).iter().any(|one| {
            let matches = one.topic.parse::<TopicPattern>().is_ok_and(|pattern| pattern.matches(topic));
            matches && one.handlers.as_ref().is_some_and(|handlers| handlers.handles(kind))
        })
    }

    /// Each group that was declared, with what it does about each of its topics.
    pub(super) fn by_group(&self) -> Result<Vec<(Subscription, ByTopic)>, CompositionError> {
        groups(&lock(&self.declared))
    }
}

fn lock(declared: &Mutex<Vec<Declared>>) -> MutexGuard<'_, Vec<Declared>> {
    declared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn subscription(one: &Declared) -> Result<Subscription, CompositionError> {
    let pattern = one.topic.parse::<TopicPattern>().map_err(CompositionError::other)?;
    Subscription::new(&one.group, [pattern]).map_err(CompositionError::other)
}

fn groups(declared: &[Declared]) -> Result<Vec<(Subscription, ByTopic)>, CompositionError> {
    let mut names: Vec<&str> = Vec::new();
    for one in declared.iter().filter(|one| one.handlers.is_some()) {
        if !names.contains(&one.group.as_str()) {
            names.push(&one.group);
        }
    }
    let group = |name: &str| {
        let handlers = |one: &Declared| (one.group == name).then(|| one.handlers.clone()).flatten();
        let members = declared.iter().filter_map(|one| Some((one, handlers(one)?)));
        let (members, handlers): (Vec<&Declared>, Vec<EventHandlers>) = members.unzip();
        let pattern = |one: &&Declared| one.topic.parse::<TopicPattern>().map_err(CompositionError::other);
        let patterns = members.iter().map(pattern).collect::<Result<Vec<_>, _>>()?;
        let start = members.first().map_or(Start::default(), |one| one.start);
        if let Some(other) = members.iter().find(|one| one.start != start) {
            return Err(CompositionError::other(format!(
                "the topics of the consumer group {name} start at different places, {} at another than {}: give one of \
                 them a group of its own",
                other.topic, members[0].topic
            )));
        }
        let subscription = Subscription::new(name, patterns.clone()).map_err(CompositionError::other)?;
        let handlers = patterns.into_iter().zip(handlers).collect();
        Ok((subscription.starting(start), ByTopic(handlers)))
    };
    names.into_iter().map(group).collect()
}

/// What a group does about the events of each of its topics.
pub(super) struct ByTopic(Vec<(TopicPattern, EventHandlers)>);

impl Handler for ByTopic {
    fn takes(&self, event: &CloudEvent, record: &Record) -> bool {
        self.of_topic(&record.topic).any(|handlers| handlers.takes_type(&event.kind))
    }

    async fn handle(&self, event: &CloudEvent, record: &Record, work: &mut Work) -> Result<(), HandlerError> {
        let handlers: Vec<_> = self.of_topic(&record.topic).collect();
        EventHandlers::handle_by(&handlers, event, record, work).await
    }
}

impl ByTopic {
    fn of_topic(&self, topic: &str) -> impl Iterator<Item = &EventHandlers> {
        self.0.iter().filter(move |(pattern, _)| pattern.matches(topic)).map(|(_, handlers)| handlers)
    }
}
