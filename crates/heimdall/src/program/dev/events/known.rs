use std::collections::BTreeSet;

use serde_json::Value;

use super::example::example;
use crate::{
    asyncapi::{self, AsyncApi},
    http::{FieldError, Shape},
    lifecycle::{CompositionError, Service},
    messaging::{pattern::TopicPattern, topics::EventDescription},
};

/// Which events a service knows, and on which topics: those that it publishes, and those that it reads.
pub(super) struct KnownEvents {
    api: AsyncApi,
    carriers: Vec<Carrier>,
}

/// Topics, and what they carry.
struct Carrier {
    topics: TopicPattern,
    events: Vec<EventDescription>,
    reads: bool,
}

impl Carrier {
    /// Whether what reads it looks at events of any type.
    fn is_raw(&self) -> bool {
        self.events.is_empty()
    }

    fn event(&self, kind: &str) -> Option<&EventDescription> {
        self.events.iter().find(|event| event.kind == kind)
    }
}

impl KnownEvents {
    /// What a service has declared so far, the consumers that say no types included.
    pub(super) fn of(service: &Service) -> Result<Self, CompositionError> {
        let api = service.asyncapi()?;
        let parsed = |topic: &str| topic.parse::<TopicPattern>().map_err(CompositionError::other);
        let mut carriers = Vec::new();
        for read in &api.reads {
            carriers.push(Carrier { topics: parsed(&read.pattern)?, events: read.events.clone(), reads: true });
        }
        for topic in api.publishes.iter().filter(|topic| !topic.events.is_empty()) {
            carriers.push(Carrier { topics: parsed(&topic.topic)?, events: topic.events.clone(), reads: false });
        }
        // A consumer without types by type says nothing in AsyncAPI.
        let declared = |group: &str, pattern: &TopicPattern| {
            api.reads.iter().any(|read| read.group == group && read.pattern == pattern.as_str())
        };
        for subscription in service.messaging().subscriptions()? {
            let raw = subscription.topics().iter().filter(|pattern| !declared(subscription.group(), pattern));
            carriers.extend(raw.map(|pattern| Carrier { topics: pattern.clone(), events: Vec::new(), reads: true }));
        }
        Ok(Self { api, carriers })
    }

    /// Whether it knows none at all.
    pub(super) fn is_empty(&self) -> bool {
        self.carriers.is_empty()
    }

    /// The topics that it reads and names in full.
    pub(super) fn read_topics(&self) -> impl Iterator<Item = &str> {
        let read = self.carriers.iter().filter(|carrier| carrier.reads && carrier.topics.is_literal());
        read.map(|carrier| carrier.topics.as_str())
    }

    /// Where an event of this type goes: to the topic that is named, or else to the only one of `topics` (those that there
    /// are) that carries it. With what is said of the type, unless it is a topic on which any is right.
    pub(super) fn place(
        &self,
        kind: &str,
        topic: Option<&str>,
        topics: &[String],
    ) -> Result<(String, Option<&EventDescription>), FieldError> {
        match topic {
            Some(topic) => Ok((topic.to_owned(), self.on(kind, topic)?)),
            None => self.anywhere(kind, topics),
        }
    }

    fn on(&self, kind: &str, topic: &str) -> Result<Option<&EventDescription>, FieldError> {
        let carriers: Vec<_> = self.carriers.iter().filter(|carrier| carrier.topics.matches(topic)).collect();
        if carriers.is_empty() {
            let known = self.carriers.iter().map(|carrier| format!("`{}`", carrier.topics.as_str()));
            return Err(FieldError::new("/topic", "is no topic that the service publishes to or reads", list(known)));
        }
        let event = carriers.iter().find_map(|carrier| carrier.event(kind));
        if event.is_some() || carriers.iter().any(|carrier| carrier.is_raw()) {
            return Ok(event);
        }
        let known = carriers.iter().flat_map(|carrier| &carrier.events).map(|event| format!("`{}`", event.kind));
        Err(FieldError::new("/type", format!("is no type that `{topic}` carries"), list(known)))
    }

    fn anywhere(&self, kind: &str, topics: &[String]) -> Result<(String, Option<&EventDescription>), FieldError> {
        let carriers: Vec<_> = self.carriers.iter().filter(|carrier| carrier.event(kind).is_some()).collect();
        let Some(event) = carriers.first().and_then(|carrier| carrier.event(kind)) else {
            return Err(self.unknown(kind));
        };
        let there = |pattern: &TopicPattern| {
            let literal = pattern.is_literal().then(|| pattern.as_str().to_owned());
            let matching = topics.iter().filter(|topic| pattern.matches(topic)).cloned();
            literal.into_iter().chain(matching).collect::<Vec<_>>()
        };
        let found: BTreeSet<String> = carriers.iter().flat_map(|carrier| there(&carrier.topics)).collect();
        let mut found = found.into_iter();
        match (found.next(), found.next()) {
            (Some(only), None) => Ok((only, Some(event))),
            (Some(one), Some(two)) => {
                let several = [one, two].into_iter().chain(found).map(|topic| format!("`{topic}`"));
                Err(FieldError::new("/topic", "is missing, and several topics carry the type", list(several)))
            }
            (None, _) => {
                let patterns = carriers.iter().map(|carrier| format!("one like `{}`", carrier.topics.as_str()));
                Err(FieldError::new(
                    "/topic",
                    "is missing, and there is none yet that carries the type",
                    list(patterns),
                ))
            }
        }
    }

    /// The error of a type that no topic carries.
    fn unknown(&self, kind: &str) -> FieldError {
        let mut known = Vec::new();
        for Carrier { topics, events, .. } in &self.carriers {
            known.extend(events.iter().map(|event| format!("`{}` ({})", event.kind, topics.as_str())));
            if events.is_empty() {
                known.push(format!("any type where the topic is `{}`", topics.as_str()));
            }
        }
        let detail = if kind.is_empty() { "is empty" } else { "is no type that a topic of the service carries" };
        FieldError::new("/type", detail, list(known))
    }

    /// Everything in which the data differs from what the type's schema says; nothing for a type that has none here.
    ///
    /// # Errors
    ///
    /// The declared schema is none; it says why.
    pub(super) fn violations(&self, kind: &str, data: &Value) -> Result<Vec<FieldError>, String> {
        match asyncapi::schema(&self.api, kind) {
            Some(schema) => Ok(Shape::compile(schema)?.violations(data)),
            None => Ok(Vec::new()),
        }
    }

    /// An event that the service reads, with data that its schema takes: type, key, data.
    pub(super) fn example(&self) -> Option<(String, String, Value)> {
        let read = self.carriers.iter().filter(|carrier| carrier.reads && carrier.topics.is_literal());
        let event = read.flat_map(|carrier| &carrier.events).next()?;
        let data = match &event.example {
            Some(data) => data.clone(),
            None => example(&asyncapi::schema(&self.api, &event.kind)?),
        };
        let right = self.place(&event.kind, None, &[]).is_ok() && self.violations(&event.kind, &data) == Ok(Vec::new());
        let key = event.example_key.as_deref().unwrap_or("example").to_owned();
        right.then(|| (event.kind.to_string(), key, data))
    }
}

fn list(known: impl IntoIterator<Item = String>) -> String {
    let mut distinct: Vec<String> = Vec::new();
    for one in known {
        if !distinct.contains(&one) {
            distinct.push(one);
        }
    }
    match distinct.as_slice() {
        [only] => only.clone(),
        several => format!("one of {}", several.join(", ")),
    }
}
