//! What can be wrong with an envelope.

use std::{error::Error as StdError, fmt};

use thiserror::Error;

use crate::excerpt::excerpt;

/// So many bytes are repeated of what stands where something else should.
const REPEATED: usize = 120;

/// One attribute is wrong.
#[derive(Debug)]
pub struct AttributeError {
    /// The attribute's name, as it was found.
    pub attribute: String,
    /// What is wrong with it.
    pub problem: AttributeProblem,
}

impl AttributeError {
    pub(super) fn new(attribute: &str, problem: AttributeProblem) -> Self {
        Self { attribute: attribute.to_owned(), problem }
    }
}

impl fmt::Display for AttributeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "attribute `{}` {}", excerpt(&self.attribute, REPEATED), self.problem)
    }
}

impl StdError for AttributeError {
    /// What caused the problem: the problem itself is in this error's own words.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.problem.source()
    }
}

/// What is wrong with an attribute.
#[derive(Debug, Error)]
pub enum AttributeProblem {
    /// It is required.
    #[error("is missing")]
    Missing,
    /// It may not be empty.
    #[error("is empty")]
    Empty,
    /// It is given more than once.
    #[error("is given twice")]
    Twice,
    /// It is of another type.
    #[error("has the wrong type: expected {expected}")]
    Type {
        /// What it should be.
        expected: &'static str,
    },
    /// It has a character that `CloudEvents` forbids.
    #[error("contains the forbidden character {0:?}")]
    Character(char),
    /// Its header is not UTF-8.
    #[error("is not UTF-8")]
    NotUtf8(#[source] std::str::Utf8Error),
    /// It is no RFC 3339 timestamp.
    #[error("is no timestamp: `{}`; expected RFC 3339, such as 2026-03-01T12:00:00Z", excerpt(.found, REPEATED))]
    Timestamp {
        /// What was found.
        found: String,
        /// What is wrong with it.
        #[source]
        source: chrono::ParseError,
    },
    /// Its year cannot be written.
    #[error("is in the year {0}; only 0 to 9999 can be written")]
    Year(i32),
    /// Its name breaks the naming rule.
    #[error("has a name that is not allowed: only lower-case ASCII letters and digits are")]
    Name,
    /// It is an attribute of its own, not an extension.
    #[error("cannot be an extension: it has a field of its own")]
    Reserved,
    /// It names a version that is not known here.
    #[error("is `{}`; only `1.0` can be read", excerpt(.0, REPEATED))]
    Version(String),
    /// It is not Base64.
    #[error("is not Base64")]
    Base64(#[source] base64::DecodeError),
}

/// Why a record cannot be read as an event.
#[derive(Debug, Error)]
pub enum DecodeError {
    /// There is nothing to read.
    #[error("the record has no payload and no `ce_…` headers")]
    Empty,
    /// The record is something else.
    #[error("the record is not a CloudEvent: its content type is `{}` and it has no `ce_…` headers", excerpt(.content_type, REPEATED))]
    NotAnEvent {
        /// The record's content type.
        content_type: String,
    },
    /// The event is in a format that is not read here.
    #[error("`{}` is not supported: write application/cloudevents+json or binary mode", excerpt(.content_type, REPEATED))]
    UnsupportedFormat {
        /// The record's content type.
        content_type: String,
    },
    /// The document, or the data in binary mode, is not strict JSON.
    #[error("the payload is not valid JSON")]
    Json(#[source] serde_json::Error),
    /// The document is JSON, but no object.
    #[error("the payload is no JSON object")]
    NotAnObject,
    /// Both `data` and `data_base64` are there.
    #[error("`data` and `data_base64` exclude each other")]
    DataTwice,
    /// An attribute is wrong.
    #[error(transparent)]
    Attribute(#[from] AttributeError),
}

impl DecodeError {
    /// The attribute that is wrong, if it is one.
    pub fn attribute(&self) -> Option<&str> {
        match self {
            Self::Attribute(error) => Some(&error.attribute),
            Self::DataTwice => Some("data_base64"),
            _ => None,
        }
    }
}

/// Why an event cannot be written.
#[derive(Debug, Error)]
pub enum EncodeError {
    /// An attribute is wrong.
    #[error(transparent)]
    Attribute(#[from] AttributeError),
    /// JSON data goes with a JSON content type (or none), bytes with another.
    #[error("the event's data does not go with its datacontenttype `{content_type}`")]
    ContentType {
        /// The event's content type; empty if it has none.
        content_type: String,
    },
    /// The data cannot be written as JSON.
    #[error("the event's data cannot be written as JSON")]
    Json(#[source] serde_json::Error),
}

/// Why an event's data is not of the type it was asked for.
#[derive(Debug, Error)]
pub enum DataError {
    /// The event has no data.
    #[error("event `{kind}` has no data")]
    Absent {
        /// The event's type.
        kind: String,
    },
    /// The event's data is not JSON.
    #[error("the data of event `{kind}` is not JSON")]
    NotJson {
        /// The event's type.
        kind: String,
    },
    /// The event's data is JSON of another shape.
    #[error("the data of event `{kind}` is not what its type promises")]
    Shape {
        /// The event's type.
        kind: String,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errors::with_causes;

    #[test]
    fn what_is_wrong_is_said_once() {
        let missing = DecodeError::from(AttributeError::new("id", AttributeProblem::Missing));
        assert_eq!(with_causes(&missing), "attribute `id` is missing");
        let source = chrono::DateTime::parse_from_rfc3339("now").unwrap_err();
        let cause = source.to_string();
        let time = AttributeError::new("time", AttributeProblem::Timestamp { found: "now".repeat(1_000), source });
        let said = with_causes(&time);
        assert!(said.starts_with("attribute `time` is no timestamp: `nownow") && said.ends_with(&cause), "{said}");
        assert!(said.len() < 400, "{said}");
    }
}
