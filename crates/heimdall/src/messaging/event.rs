//! Events as types.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::envelope::{CloudEvent, DataError};

/// What the events of one type carry: the type's name, and its data as a Rust type.
///
/// The documentation of the type becomes the description of the event in AsyncAPI. What others add to the data is passed
/// over, unless serde is told otherwise.
///
/// ```
/// use heimdall::messaging::EventType;
/// use schemars::JsonSchema;
/// use serde::{Deserialize, Serialize};
///
/// /// Items came in.
/// #[derive(Debug, Serialize, Deserialize, JsonSchema)]
/// struct ItemsReceived {
///     /// The item's name.
///     item: String,
///     /// How many of it.
///     quantity: u64,
/// }
///
/// impl EventType for ItemsReceived {
///     const TYPE: &'static str = "items.received.v1";
/// }
/// ```
pub trait EventType: Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// The attribute `type` of such an event: what happened, with a version at its end.
    const TYPE: &'static str;
}

/// An event that was received, with its data as a type.
#[derive(Debug, Clone, PartialEq)]
pub struct Event<T> {
    /// Unique within the source.
    pub id: String,
    /// Who says it.
    pub source: String,
    /// When it happened; of an event that does not say so, when the log got it.
    pub time: DateTime<Utc>,
    /// The topic that it stands on.
    pub topic: String,
    /// The key by which its order is kept.
    pub key: Option<String>,
    /// The conversation that it belongs to.
    pub correlation_id: Option<String>,
    /// What it carries.
    pub data: T,
}

impl<T: EventType> Event<T> {
    /// Reads the data of an event that stands on this topic with this key, and whose time is `time` if it says none
    /// itself.
    pub(crate) fn read(
        event: &CloudEvent,
        topic: &str,
        key: Option<&str>,
        time: DateTime<Utc>,
    ) -> Result<Self, DataError> {
        Ok(Self {
            id: event.id.clone(),
            source: event.source.clone(),
            time: event.time.unwrap_or(time),
            topic: topic.to_owned(),
            key: key.map(str::to_owned).or_else(|| event.subject.clone()),
            correlation_id: event.correlationid.clone(),
            data: event.data()?,
        })
    }
}
