use heimdall::config::Section;
use heimdall::lifecycle::{CompositionError, PrepareError, Service};
use heimdall::messaging::log::{Log, LogError};
use heimdall::messaging::topics::TopicSpec;
use serde::{Deserialize, Serialize};

/// Section `topics`: where events come from and go to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Topics {
    /// The topic that is consumed.
    pub input: String,
    /// The topic that is published to.
    pub output: String,
    /// Whether the service makes topics that are missing when it starts. Turn it off where topics are made by others.
    pub create: bool,
    /// The partitions of topics that it makes.
    pub partitions: u32,
}

impl Default for Topics {
    fn default() -> Self {
        Self {
            input: ${{ values.inputTopic | dump }}.to_owned(),
            output: ${{ values.outputTopic | dump }}.to_owned(),
            create: true,
            partitions: 3,
        }
    }
}

impl Section for Topics {
    const PATH: &'static str = "topics";
}

impl Topics {
    /// Sees to it that the topics are there before anything needs them: both, and those that the group parks on.
    pub(crate) async fn provide(&self, service: &Service, group: &str) -> Result<(), CompositionError> {
        if !self.create {
            return Ok(());
        }
        let spec = |name: &str| TopicSpec::new(name, self.partitions).map_err(CompositionError::other);
        let (input, output) = (spec(&self.input)?, spec(&self.output)?);
        let [retry, dead_letter] = input.parking_for(group).map_err(CompositionError::other)?;
        let wanted = [input, output, retry, dead_letter];
        let log = service.log().await?;
        service.prepare("topics", move || {
            let (log, wanted) = (log.clone(), wanted.clone());
            async move {
                make_missing(&*log, &wanted).await.map_err(|error| match error.is_transient() {
                    true => PrepareError::transient(error),
                    false => PrepareError::permanent(error),
                })
            }
        });
        Ok(())
    }
}

/// Leaves topics that exist as they are.
async fn make_missing(log: &dyn Log, wanted: &[TopicSpec]) -> Result<(), LogError> {
    let known = log.topics().await?;
    let missing = wanted.iter().filter(|spec| known.iter().all(|topic| topic.name != spec.name));
    log.apply_topics(&missing.cloned().collect::<Vec<_>>()).await?;
    Ok(())
}
