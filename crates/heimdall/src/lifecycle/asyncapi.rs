use super::{CompositionError, Service};
use crate::asyncapi::{AsyncApi, Published};
use crate::messaging::LogConfig;

impl Service {
    /// What the service says on topics and listens to, for its AsyncAPI document: complete once it is composed. Title,
    /// version, description and licence are those of its API ([`Service::describe`]).
    pub fn asyncapi(&self) -> Result<AsyncApi, CompositionError> {
        let publishes = self.topics().all().into_iter().map(|(topic, declared)| Published {
            topic,
            description: declared.description,
            events: declared.carries,
        });
        let name = self.config().name().to_owned();
        let source = self.config().section::<LogConfig>()?.source_of(&name);
        let public_url = self.public_url()?;
        let api = self.api();
        let about = api.descriptions();
        Ok(AsyncApi {
            title: about.title().to_owned(),
            version: about.version().to_owned(),
            description: about.summary().map(str::to_owned),
            license: about.license().map(str::to_owned),
            source,
            public_url,
            publishes: publishes.collect(),
            reads: self.messaging().consumers.described(),
            name,
        })
    }
}
