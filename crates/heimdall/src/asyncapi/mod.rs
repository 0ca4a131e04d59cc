//! What a service says on topics and listens to, as an AsyncAPI 3.0 document with its page and its schemas.
//!
//! All of it comes from what the service declared: its topics with the types of events that they carry, and the handlers
//! behind the topics that it reads. So the document can't speak of an event that the service does not know.
//!
//! A service that has routes, and declares topics that carry events or consumers, serves it beside them, open to all; see
//! [`crate::routes`]. `<service> asyncapi` prints it without running anything.

mod channels;
mod document;
mod envelope;
mod message;
mod page;
mod schemas;

use crate::messaging::topics::{EventDescription, schema_path};

pub use document::document;
pub use page::page;
pub use schemas::{index, schema};

/// What the document is made of. [`Service::asyncapi`](crate::lifecycle::Service::asyncapi) gives that of a service.
#[derive(Debug, Clone)]
pub struct AsyncApi {
    /// The service's name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Its version.
    pub version: String,
    /// What it is about, beside the topics.
    pub description: Option<String>,
    /// The licence of the document, as an SPDX expression.
    pub license: Option<String>,
    /// The `source` of the events that it publishes.
    pub source: String,
    /// Where it is reached, without a slash at its end: addresses of schemas begin with it.
    pub public_url: String,
    /// The topics that it publishes to.
    pub publishes: Vec<Published>,
    /// The topics that it reads.
    pub reads: Vec<Read>,
}

/// A topic that a service publishes to.
#[derive(Debug, Clone)]
pub struct Published {
    /// The topic.
    pub topic: String,
    /// What it is about.
    pub description: Option<String>,
    /// What it carries.
    pub events: Vec<EventDescription>,
}

/// Topics that a service reads.
#[derive(Debug, Clone)]
pub struct Read {
    /// The consumer group.
    pub group: String,
    /// The topic, in which `*` stands for one segment.
    pub pattern: String,
    /// What the `*` stands for.
    pub parameter: Option<TopicParameter>,
    /// What it reads them for, in a sentence.
    pub summary: Option<String>,
    /// The types of events that it handles.
    pub events: Vec<EventDescription>,
}

/// What the `*` of a topic pattern stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicParameter {
    /// Its name, which stands between braces in the address.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Examples.
    pub examples: Vec<String>,
}

impl Read {
    /// The topic's address: `catalog.{kind}` for the pattern `catalog.*`.
    fn address(&self) -> String {
        let name = self.parameter.as_ref().map_or("segment", |parameter| parameter.name.as_str());
        self.pattern.replace('*', &format!("{{{name}}}"))
    }
}

impl AsyncApi {
    /// Whether there is nothing to describe: no topic carries events, and none is read.
    pub fn is_empty(&self) -> bool {
        self.reads.is_empty() && self.publishes.iter().all(|topic| topic.events.is_empty())
    }

    /// The types of events that it speaks of, each once: those that it publishes first.
    pub fn types(&self) -> impl Iterator<Item = &str> {
        self.events().into_iter().map(|event| event.kind.as_ref())
    }

    /// All types of events that it speaks of, each once: those that it publishes first.
    fn events(&self) -> Vec<&EventDescription> {
        let published = self.publishes.iter().flat_map(|topic| &topic.events);
        let mut all: Vec<&EventDescription> = Vec::new();
        for event in published.chain(self.reads.iter().flat_map(|read| &read.events)) {
            if all.iter().all(|known| known.kind != event.kind) {
                all.push(event);
            }
        }
        all
    }

    /// Who publishes the events that it speaks of, as far as that is known.
    fn sources(&self) -> Vec<&str> {
        let published = self.publishes.iter().flat_map(|topic| &topic.events);
        let published = published.map(|event| event.source.as_deref().unwrap_or(&self.source));
        let read = self.reads.iter().flat_map(|read| &read.events).filter_map(|event| event.source.as_deref());
        let mut all: Vec<&str> = Vec::new();
        for source in published.chain(read) {
            if !all.contains(&source) {
                all.push(source);
            }
        }
        all
    }

    /// Where the schema of a type's data is found.
    fn schema_address(&self, kind: &str) -> String {
        format!("{}{}", self.public_url, schema_path(kind))
    }
}
