//! Binary mode: attributes are headers called `ce_…`, and the payload is the bare data.

use bytes::Bytes;

use super::assembly::Assembly;
use super::attribute::{self, ExtensionValue};
use super::cloud_event::{CloudEvent, EventData};
use super::encoded::{CONTENT_TYPE, Encoded};
use super::error::{AttributeError, AttributeProblem, DecodeError, EncodeError};
use super::json;
use crate::messaging::record::Headers;

const PREFIX: &str = "ce_";

pub(super) fn encode(event: &CloudEvent) -> Result<Encoded, EncodeError> {
    let mut headers = Headers::new();
    headers.push(format!("{PREFIX}specversion"), Bytes::from_static(b"1.0"));
    for (name, text) in event.texts() {
        let header = if name == "datacontenttype" { CONTENT_TYPE.to_owned() } else { format!("{PREFIX}{name}") };
        headers.push(header, text.to_owned());
    }
    if let Some(time) = event.time {
        headers.push(format!("{PREFIX}time"), attribute::format_time(time));
    }
    for (name, value) in &event.extensions {
        headers.push(format!("{PREFIX}{name}"), value.to_string());
    }
    let payload = match &event.data {
        EventData::Absent => None,
        EventData::Json(value) => Some(serde_json::to_vec(value).map_err(EncodeError::Json)?.into()),
        EventData::Binary(bytes) => Some(bytes.clone()),
    };
    Ok(Encoded { headers, payload })
}

/// Whether the headers are those of an event in binary mode (a whole one or not).
pub(super) fn is_binary(headers: &Headers) -> bool {
    headers.iter().any(|header| header.name.starts_with(PREFIX))
}

pub(super) fn decode(
    headers: &Headers,
    content_type: Option<&str>,
    payload: Option<&[u8]>,
) -> Result<CloudEvent, DecodeError> {
    let mut assembly = Assembly::default();
    for header in headers {
        let (Some(name), Some(value)) = (header.name.strip_prefix(PREFIX), &header.value) else { continue };
        if name == "datacontenttype" {
            // The binding maps it to `content-type`; a header of this name is not part of the event.
            continue;
        }
        let text = std::str::from_utf8(value)
            .map_err(|source| AttributeError::new(name, AttributeProblem::NotUtf8(source)))?;
        if name == "data" || name == "data_base64" {
            return Err(AttributeError::new(name, AttributeProblem::Reserved).into());
        }
        assembly.set(name, ExtensionValue::from(text))?;
    }
    if let Some(content_type) = content_type {
        assembly.set("datacontenttype", ExtensionValue::from(content_type))?;
    }
    let data = data(assembly.content_type(), payload)?;
    Ok(assembly.finish(data)?)
}

fn data(content_type: Option<&str>, payload: Option<&[u8]>) -> Result<EventData, DecodeError> {
    let Some(payload) = payload else { return Ok(EventData::Absent) };
    match content_type.map(attribute::is_json) {
        Some(false) => Ok(EventData::Binary(Bytes::copy_from_slice(payload))),
        // Some clients cannot send null.
        _ if payload.is_empty() => Ok(EventData::Absent),
        Some(true) => json::parse(payload).map(EventData::Json).map_err(DecodeError::Json),
        None => {
            Ok(json::parse(payload)
                .map_or_else(|_| EventData::Binary(Bytes::copy_from_slice(payload)), EventData::Json))
        }
    }
}
