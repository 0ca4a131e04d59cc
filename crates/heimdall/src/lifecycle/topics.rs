//! The declared topics of a service: made where it is configured, and always checked.

use std::sync::Arc;

use super::{CompositionError, PrepareError, Service};
use crate::messaging::{
    LogConfig,
    log::{Log, LogError},
    topics::{TopicSpec, plan},
};

impl Service {
    /// The topics as they should be: those that were declared, and those on which their readers park.
    pub fn declared_topics(&self) -> Result<Vec<TopicSpec>, CompositionError> {
        let subscriptions = self.messaging().subscriptions()?;
        self.topics().specs(&subscriptions).map_err(CompositionError::other)
    }

    /// Makes what is missing where it is configured, and lets health show what is not as it should be: once all of the
    /// service is composed.
    pub(super) async fn provide_topics(&self) -> Result<(), CompositionError> {
        let wanted: Arc<[TopicSpec]> = self.declared_topics()?.into();
        if wanted.is_empty() {
            return Ok(());
        }
        let log = self.log().await?;
        if self.config().section::<LogConfig>()?.create_topics {
            let (log, wanted) = (log.clone(), wanted.clone());
            self.prepare("topics", move || {
                let (log, wanted) = (log.clone(), wanted.clone());
                async move { make_missing(&*log, &wanted).await.map_err(PrepareError::from) }
            });
        }
        self.health().detail("topics", move || {
            let (log, wanted) = (log.clone(), wanted.clone());
            async move {
                let changes = plan(&log.topics().await?, &wanted)?;
                let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
                if changes.is_empty() {
                    return Ok(());
                }
                Err(format!("not as declared (`topics apply` mends it): {}", changes.join("; ")).into())
            }
        });
        Ok(())
    }
}

impl From<LogError> for PrepareError {
    fn from(error: LogError) -> Self {
        if error.is_transient() { Self::transient(error) } else { Self::permanent(error) }
    }
}

/// Leaves topics that exist as they are, also those that another process makes at this moment.
async fn make_missing(log: &dyn Log, wanted: &[TopicSpec]) -> Result<(), LogError> {
    let known = log.topics().await?;
    let missing = wanted.iter().filter(|spec| known.iter().all(|topic| topic.name != spec.name));
    log.apply_topics(&missing.cloned().map(TopicSpec::any_partitions).collect::<Vec<_>>()).await?;
    Ok(())
}
