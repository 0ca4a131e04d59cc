//! Making events with everything that we promise to write.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, SubsecRound, Utc};
use serde::Serialize;

use super::attribute::ExtensionValue;
use super::cloud_event::{CloudEvent, EventData};
use super::error::EncodeError;

/// Makes an [`CloudEvent`]. Built events are valid.
#[derive(Clone, Debug)]
pub struct EventBuilder {
    event: CloudEvent,
}

impl CloudEvent {
    /// Starts an event of type `kind` from `source`, that happened at `time`.
    ///
    /// Unless told otherwise the event stands at the start of a conversation: it correlates with itself
    /// and caused itself.
    ///
    /// ```
    /// # use heimdall::messaging::envelope::CloudEvent;
    /// # let now = chrono::DateTime::UNIX_EPOCH;
    /// let event = CloudEvent::builder("0199-1", "/shop/orders", "shop.order.placed.v1", now)
    ///     .subject("order-7")
    ///     .json(&serde_json::json!({"total": 12}))?
    ///     .build()?;
    /// assert_eq!(event.partitionkey.as_deref(), Some("order-7"));
    /// # Ok::<(), heimdall::messaging::envelope::EncodeError>(())
    /// ```
    pub fn builder(
        id: impl Into<String>,
        source: impl Into<String>,
        kind: impl Into<String>,
        time: DateTime<Utc>,
    ) -> EventBuilder {
        EventBuilder {
            event: CloudEvent {
                id: id.into(),
                source: source.into(),
                kind: kind.into(),
                subject: None,
                time: Some(time.trunc_subsecs(6)),
                datacontenttype: None,
                dataschema: None,
                correlationid: None,
                causationid: None,
                partitionkey: None,
                traceparent: None,
                extensions: BTreeMap::new(),
                data: EventData::Absent,
            },
        }
    }
}

impl EventBuilder {
    /// What it happened to: the record's key, and so also the partition key.
    #[must_use]
    pub fn subject(mut self, key: impl Into<String>) -> Self {
        self.event.subject = Some(key.into());
        self
    }

    /// Where the schema of the data stands, a URI.
    #[must_use]
    pub fn dataschema(mut self, uri: impl Into<String>) -> Self {
        self.event.dataschema = Some(uri.into());
        self
    }

    /// What conversation the event belongs to.
    #[must_use]
    pub fn correlated_with(mut self, correlation_id: impl Into<String>) -> Self {
        self.event.correlationid = Some(correlation_id.into());
        self
    }

    /// The id of the event or request that caused this one.
    #[must_use]
    pub fn caused_by(mut self, causation_id: impl Into<String>) -> Self {
        self.event.causationid = Some(causation_id.into());
        self
    }

    /// The trace in which the event is made, if there is one (W3C `traceparent`).
    #[must_use]
    pub fn traceparent(mut self, traceparent: Option<String>) -> Self {
        self.event.traceparent = traceparent;
        self
    }

    /// An extension attribute. Its name has only lower-case letters and digits.
    #[must_use]
    pub fn extension(mut self, name: impl Into<String>, value: impl Into<ExtensionValue>) -> Self {
        self.event.extensions.insert(name.into(), value.into());
        self
    }

    /// What the event carries, as JSON.
    pub fn json<T: Serialize + ?Sized>(self, data: &T) -> Result<Self, EncodeError> {
        Ok(self.value(serde_json::to_value(data).map_err(EncodeError::Json)?))
    }

    /// What the event carries, as JSON that is there already.
    #[must_use]
    pub fn value(mut self, data: serde_json::Value) -> Self {
        self.event.data = EventData::Json(data);
        self.event.datacontenttype = Some("application/json".to_owned());
        self
    }

    /// What the event carries, as bytes of a media type that is not JSON.
    #[must_use]
    pub fn bytes(mut self, content_type: impl Into<String>, data: impl Into<Bytes>) -> Self {
        self.event.data = EventData::Binary(data.into());
        self.event.datacontenttype = Some(content_type.into());
        self
    }

    /// The event. Fails, naming the attribute, if it would not be a valid one.
    pub fn build(self) -> Result<CloudEvent, EncodeError> {
        let mut event = self.event;
        event.partitionkey = event.subject.clone();
        event.correlationid.get_or_insert_with(|| event.id.clone());
        event.causationid.get_or_insert_with(|| event.id.clone());
        event.check()?;
        Ok(event)
    }
}
