//! The hosts of a development instance, put together.

use heimdall::{
    auth::{AuthConfig, DevelopmentIssuer},
    lifecycle::{CompositionError, PrepareError, Service},
    messaging::topics::TopicSpec,
};
use host_worker::TopicsConfig;
use infrastructure::{Adapters, EventsConfig};

use super::Folder;

/// API and worker on one service, which trusts the tokens of the folder's own issuer, and makes its tables and topics
/// itself.
pub(super) async fn compose(service: &Service, folder: &Folder) -> Result<(), CompositionError> {
    let audience = service.config().section::<AuthConfig>()?.audience;
    let issuer = DevelopmentIssuer::of_instance(folder.path(), &audience).map_err(CompositionError::other)?;
    service.trust(issuer)?;

    topics(service).await?;
    let adapters = Adapters::open(service).await?;
    host_api::compose(service, &adapters)?;
    host_worker::compose(service, &adapters).await
}

async fn topics(service: &Service) -> Result<(), CompositionError> {
    let (topics, events): (TopicsConfig, EventsConfig) = (service.config().section()?, service.config().section()?);
    let wanted: Vec<TopicSpec> = topics
        .wanted(&events.topic, &events.catalog_topic_prefix, &events.catalog_group)
        .map_err(CompositionError::other)?;
    let log = service.log().await?;
    service.prepare("topics", move || {
        let (log, wanted) = (log.clone(), wanted.clone());
        async move { log.apply_topics(&wanted).await.map(drop).map_err(PrepareError::from) }
    });
    Ok(())
}
