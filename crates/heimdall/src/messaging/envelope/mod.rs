//! The envelope: `CloudEvents` 1.0.2 over a log's records, written by hand because it is two pages.
//!
//! We write structured mode by default (attributes and data are one JSON document, which a person
//! can read on the topic) and binary mode (`ce_…` headers beside the bare data) where that is
//! configured. We read both, whatever is configured.
//!
//! What comes from a topic is input: decoding never panics, its errors name the attribute, and it
//! insists on nothing that the specification does not require. Header values are plain UTF-8, as the
//! Kafka binding has it: percent-encoding belongs to the HTTP binding, and `%41` stays `%41` here.

mod assembly;
mod attribute;
mod binary;
mod builder;
mod cloud_event;
mod encoded;
mod error;
mod json;
mod structured;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::attribute::ExtensionValue;
pub use self::builder::EventBuilder;
pub use self::cloud_event::{CloudEvent, EventData};
pub use self::encoded::{CONTENT_TYPE, Encoded};
pub use self::error::{AttributeError, AttributeProblem, DataError, DecodeError, EncodeError};
pub(crate) use self::structured::STRUCTURED;
use super::record::{Headers, Record};

/// How events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EnvelopeMode {
    /// Attributes and data are one JSON document in the payload.
    #[default]
    Structured,
    /// Attributes are headers called `ce_…`; the payload is the bare data.
    Binary,
}

impl CloudEvent {
    /// Writes the event. Fails, naming the attribute, if the event is not a valid one.
    pub fn encode(&self, mode: EnvelopeMode) -> Result<Encoded, EncodeError> {
        self.check()?;
        match mode {
            EnvelopeMode::Structured => structured::encode(self),
            EnvelopeMode::Binary => binary::encode(self),
        }
    }

    /// Reads the event that stands in `record`, in either mode.
    pub fn decode(record: &Record) -> Result<Self, DecodeError> {
        decode(&record.headers, record.payload.as_deref())
    }
}

/// Reads the event that stands in these headers and this payload, in either mode.
///
/// A record is in structured mode if its content type says so, or if it has neither `ce_…` headers
/// nor another content type than JSON: the binding lets writers leave the header out.
pub fn decode(headers: &Headers, payload: Option<&[u8]>) -> Result<CloudEvent, DecodeError> {
    let content_type = headers
        .iter()
        .rev()
        .find(|header| header.name.eq_ignore_ascii_case(CONTENT_TYPE))
        .and_then(|header| std::str::from_utf8(header.value.as_deref()?).ok());
    let media_type = content_type.map(attribute::media_type);
    match media_type.as_deref() {
        Some("application/cloudevents+json") => structured::decode(payload),
        Some(other) if other.starts_with("application/cloudevents") => {
            Err(DecodeError::UnsupportedFormat { content_type: other.to_owned() })
        }
        _ if binary::is_binary(headers) => binary::decode(headers, content_type, payload),
        Some(other) if !attribute::is_json(other) => Err(DecodeError::NotAnEvent { content_type: other.to_owned() }),
        _ => structured::decode(payload),
    }
}
