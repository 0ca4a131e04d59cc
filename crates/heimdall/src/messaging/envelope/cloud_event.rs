//! An event in memory.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::attribute::{self, ExtensionValue};
use super::error::{AttributeError, AttributeProblem, DataError, EncodeError};

/// What an event carries.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum EventData {
    /// Nothing.
    #[default]
    Absent,
    /// A JSON value; `datacontenttype` is JSON or absent.
    Json(Value),
    /// Bytes of the type that `datacontenttype` names.
    Binary(Bytes),
}

/// A `CloudEvent`. Only `id`, `source` and `type` are required of others; [`CloudEvent::builder`] makes
/// events with everything that we promise to write.
#[derive(Clone, Debug, PartialEq)]
pub struct CloudEvent {
    /// Unique within the source, never empty. Ours are UUIDs of version 7; others' may be anything.
    pub id: String,
    /// Who speaks, a URI reference such as `/valkyrie/scaffolder`.
    pub source: String,
    /// What happened, such as `midgard.scaffold-task.created.v1`: the attribute `type`.
    pub kind: String,
    /// What it happened to; ours is the record's key.
    pub subject: Option<String>,
    /// When it happened, to the microsecond.
    pub time: Option<DateTime<Utc>>,
    /// The media type of the data.
    pub datacontenttype: Option<String>,
    /// Where the schema of the data stands.
    pub dataschema: Option<String>,
    /// What conversation the event belongs to.
    pub correlationid: Option<String>,
    /// The id of what caused the event.
    pub causationid: Option<String>,
    /// What order is kept by; the record's key.
    pub partitionkey: Option<String>,
    /// The trace in which the event was made (W3C). Each hop's own context is in the record's headers.
    pub traceparent: Option<String>,
    /// All other extension attributes.
    pub extensions: BTreeMap<String, ExtensionValue>,
    /// What the event carries.
    pub data: EventData,
}

impl CloudEvent {
    /// The data as a `T`.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T, DataError> {
        match &self.data {
            EventData::Json(value) => {
                T::deserialize(value).map_err(|source| DataError::Shape { kind: self.kind.clone(), source })
            }
            EventData::Absent => Err(DataError::Absent { kind: self.kind.clone() }),
            EventData::Binary(_) => Err(DataError::NotJson { kind: self.kind.clone() }),
        }
    }

    /// Whether the event may be written. It is the one place that knows: [`CloudEvent::builder`] asks, so that an event that
    /// can't be written fails where it is made, and [`CloudEvent::encode`], since anybody can change the fields.
    pub(super) fn check(&self) -> Result<(), EncodeError> {
        for (name, text) in self.texts() {
            if text.is_empty() {
                return Err(AttributeError::new(name, AttributeProblem::Empty).into());
            }
            attribute::check_text(name, text)?;
        }
        self.time.map_or(Ok(()), attribute::check_time)?;
        for (name, value) in &self.extensions {
            attribute::check_name(name)?;
            if attribute::RESERVED.contains(&name.as_str()) {
                return Err(AttributeError::new(name, AttributeProblem::Reserved).into());
            }
            if let ExtensionValue::Text(text) = value {
                attribute::check_text(name, text)?;
            }
        }
        let json = self.datacontenttype.as_deref().map(attribute::is_json);
        match (&self.data, json) {
            (EventData::Json(_), Some(false)) | (EventData::Binary(_), Some(true) | None) => {
                Err(EncodeError::ContentType { content_type: self.datacontenttype.clone().unwrap_or_default() })
            }
            _ => Ok(()),
        }
    }

    /// The attributes that are text, in the order in which they are written, without `specversion`,
    /// `time` and extensions of others.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("id", Some(&self.id)),
            ("source", Some(&self.source)),
            ("type", Some(&self.kind)),
            ("subject", self.subject.as_ref()),
            ("datacontenttype", self.datacontenttype.as_ref()),
            ("dataschema", self.dataschema.as_ref()),
            ("correlationid", self.correlationid.as_ref()),
            ("causationid", self.causationid.as_ref()),
            ("partitionkey", self.partitionkey.as_ref()),
            ("traceparent", self.traceparent.as_ref()),
        ]
        .into_iter()
        .filter_map(|(name, text)| Some((name, text?.as_str())))
    }
}
