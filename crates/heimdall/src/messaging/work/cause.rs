use crate::messaging::envelope::CloudEvent;

/// What a change is a consequence of: it travels in the events that tell of the change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cause {
    /// The id of the event or the request that caused it (`causationid`).
    pub causation_id: Option<String>,
    /// The conversation that it belongs to (`correlationid`).
    pub correlation_id: Option<String>,
}

impl Cause {
    /// Nothing from outside: the events begin a conversation of their own.
    pub fn none() -> Self {
        Self::default()
    }

    /// A request, whose id also names the conversation that begins with it.
    pub fn request(id: impl Into<String>) -> Self {
        let id = id.into();
        Self { causation_id: Some(id.clone()), correlation_id: Some(id) }
    }

    /// An event. The conversation goes on; where the event names none, it begins with it.
    pub fn event(event: &CloudEvent) -> Self {
        let correlation_id = event.correlationid.as_ref().unwrap_or(&event.id).clone();
        Self { causation_id: Some(event.id.clone()), correlation_id: Some(correlation_id) }
    }
}
