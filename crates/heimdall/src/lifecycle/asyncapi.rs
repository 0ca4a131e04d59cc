use super::{CompositionError, Service};
use crate::asyncapi::{AsyncApi, Published};
use crate::messaging::LogConfig;

impl Service {
    /// What the service says on topics and listens to, for its AsyncAPI document: complete once it is composed.
    pub fn asyncapi(&self) -> Result<AsyncApi, CompositionError> {
        let publishes = self.topics().all().into_iter().map(|(topic, declared)| Published {
            topic,
            description: declared.description,
            events: declared.carries,
        });
        let name = self.config().name().to_owned();
        let source = self.config().section::<LogConfig>()?.source;
        Ok(AsyncApi {
            title: name.clone(),
            version: String::new(),
            description: None,
            source: source.unwrap_or_else(|| format!("/{name}")),
            public_url: self.public_url()?,
            publishes: publishes.collect(),
            reads: self.messaging().consumers.described(),
            name,
        })
    }
}
