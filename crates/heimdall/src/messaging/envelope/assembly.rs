//! Putting an event together from attributes as they are found, in either mode.

use std::collections::BTreeMap;

use super::attribute::{self, ExtensionValue};
use super::cloud_event::{CloudEvent, EventData};
use super::error::{AttributeError, AttributeProblem};

/// Collects the attributes of one event.
#[derive(Default)]
pub(super) struct Assembly {
    known: BTreeMap<&'static str, String>,
    extensions: BTreeMap<String, ExtensionValue>,
}

impl Assembly {
    /// Takes one attribute. Those that may be left out count as left out when they are empty.
    pub(super) fn set(&mut self, name: &str, value: ExtensionValue) -> Result<(), AttributeError> {
        attribute::check_name(name)?;
        if let ExtensionValue::Text(text) = &value {
            attribute::check_text(name, text)?;
        }
        let known = attribute::RESERVED.iter().find(|known| **known == name);
        let twice = match (known, value) {
            (Some(known), ExtensionValue::Text(text)) => self.known.insert(known, text).is_some(),
            // What we keep as text others may have numbered.
            (Some(known @ &("correlationid" | "causationid" | "partitionkey")), value) => {
                self.known.insert(known, value.to_string()).is_some()
            }
            (Some(_), _) => return Err(AttributeError::new(name, AttributeProblem::Type { expected: "text" })),
            (None, value) => self.extensions.insert(name.to_owned(), value).is_some(),
        };
        if twice { Err(AttributeError::new(name, AttributeProblem::Twice)) } else { Ok(()) }
    }

    /// The content type found so far.
    pub(super) fn content_type(&self) -> Option<&str> {
        self.known.get("datacontenttype").map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The event, if all that is required is there.
    pub(super) fn finish(mut self, data: EventData) -> Result<CloudEvent, AttributeError> {
        let version = self.required("specversion")?;
        if version != "1.0" {
            return Err(AttributeError::new("specversion", AttributeProblem::Version(version)));
        }
        Ok(CloudEvent {
            id: self.required("id")?,
            source: self.required("source")?,
            kind: self.required("type")?,
            subject: self.optional("subject"),
            time: self.optional("time").map(|text| attribute::parse_time(&text)).transpose()?,
            datacontenttype: self.optional("datacontenttype"),
            dataschema: self.optional("dataschema"),
            correlationid: self.optional("correlationid"),
            causationid: self.optional("causationid"),
            partitionkey: self.optional("partitionkey"),
            traceparent: self.optional("traceparent"),
            extensions: self.extensions,
            data,
        })
    }

    fn required(&mut self, name: &'static str) -> Result<String, AttributeError> {
        let problem = match self.known.remove(name) {
            Some(text) if !text.is_empty() => return Ok(text),
            Some(_) => AttributeProblem::Empty,
            None => AttributeProblem::Missing,
        };
        Err(AttributeError::new(name, problem))
    }

    fn optional(&mut self, name: &'static str) -> Option<String> {
        self.known.remove(name).filter(|text| !text.is_empty())
    }
}
