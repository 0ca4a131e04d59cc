//! Structured mode: the whole event is one JSON document.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::Value;

use super::assembly::Assembly;
use super::attribute::{self, ExtensionValue};
use super::cloud_event::{CloudEvent, EventData};
use super::encoded::{CONTENT_TYPE, Encoded};
use super::error::{AttributeError, AttributeProblem, DecodeError, EncodeError};
use super::json;
use crate::messaging::record::Headers;

/// The content type of the records that we write.
pub(crate) const STRUCTURED: &str = "application/cloudevents+json; charset=UTF-8";

pub(super) fn encode(event: &CloudEvent) -> Result<Encoded, EncodeError> {
    let payload = serde_json::to_vec(&Document(event)).map_err(EncodeError::Json)?;
    let mut headers = Headers::new();
    headers.push(CONTENT_TYPE, Bytes::from_static(STRUCTURED.as_bytes()));
    Ok(Encoded { headers, payload: Some(payload.into()) })
}

/// An event as a JSON document, written without a copy of its data.
struct Document<'a>(&'a CloudEvent);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(event) = self;
        let mut document = serializer.serialize_map(None)?;
        document.serialize_entry("specversion", "1.0")?;
        for (name, text) in event.texts() {
            document.serialize_entry(name, text)?;
        }
        if let Some(time) = event.time {
            document.serialize_entry("time", &attribute::format_time(time))?;
        }
        for (name, value) in &event.extensions {
            match value {
                ExtensionValue::Boolean(value) => document.serialize_entry(name, value)?,
                ExtensionValue::Integer(value) => document.serialize_entry(name, value)?,
                ExtensionValue::Text(value) => document.serialize_entry(name, value)?,
            }
        }
        match &event.data {
            EventData::Absent => {}
            EventData::Json(value) => document.serialize_entry("data", value)?,
            EventData::Binary(bytes) => document.serialize_entry("data_base64", &STANDARD.encode(bytes))?,
        }
        document.end()
    }
}

pub(super) fn decode(payload: Option<&[u8]>) -> Result<CloudEvent, DecodeError> {
    let payload = payload.ok_or(DecodeError::Empty)?;
    let Value::Object(mut document) = json::parse_document(payload).map_err(DecodeError::Json)? else {
        return Err(DecodeError::NotAnObject);
    };
    // `data` may be null; `data_base64` is text, so null leaves it unset as it does an attribute.
    let data = document.remove("data");
    let base64 = document.remove("data_base64").filter(|value| !value.is_null());
    let mut assembly = Assembly::default();
    for (name, value) in document {
        if let Some(value) = attribute_value(&name, value)? {
            assembly.set(&name, value)?;
        }
    }
    let json_content = assembly.content_type().is_none_or(attribute::is_json);
    let data = match (data, base64) {
        (Some(_), Some(_)) => return Err(DecodeError::DataTwice),
        (None, None) => EventData::Absent,
        // Data that is not JSON, but text, is the bytes of that text.
        (Some(Value::String(text)), None) if !json_content => EventData::Binary(text.into()),
        (Some(value), None) => EventData::Json(value),
        (None, Some(Value::String(text))) => {
            let bytes = STANDARD
                .decode(text)
                .map_err(|source| AttributeError::new("data_base64", AttributeProblem::Base64(source)))?;
            // Whoever encodes JSON in Base64 still means JSON, as long as it is.
            match json_content.then(|| json::parse(&bytes)) {
                Some(Ok(value)) => EventData::Json(value),
                _ => EventData::Binary(bytes.into()),
            }
        }
        (None, Some(_)) => {
            let problem = AttributeProblem::Type { expected: "a text in Base64" };
            return Err(AttributeError::new("data_base64", problem).into());
        }
    };
    Ok(assembly.finish(data)?)
}

/// The attribute's value; `None` for null, which means that it is not set.
fn attribute_value(name: &str, value: Value) -> Result<Option<ExtensionValue>, AttributeError> {
    let wrong =
        || AttributeError::new(name, AttributeProblem::Type { expected: "text, a truth value or a 32 bit integer" });
    match value {
        Value::Null => Ok(None),
        Value::Bool(value) => Ok(Some(ExtensionValue::Boolean(value))),
        Value::String(value) => Ok(Some(ExtensionValue::Text(value))),
        Value::Number(number) => {
            let integer = number.as_i64().and_then(|number| i32::try_from(number).ok());
            integer.map(|integer| Some(ExtensionValue::Integer(integer))).ok_or_else(wrong)
        }
        Value::Array(_) | Value::Object(_) => Err(wrong()),
    }
}
