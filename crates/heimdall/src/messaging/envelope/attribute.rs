//! Names and values of context attributes.

use std::fmt;

use chrono::{DateTime, Datelike, SecondsFormat, SubsecRound, Utc};

use super::error::{AttributeError, AttributeProblem};

/// The value of an extension attribute. In binary mode every value is read as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtensionValue {
    /// A truth value.
    Boolean(bool),
    /// A whole number of 32 bits.
    Integer(i32),
    /// Text; also what `CloudEvents` calls URI, timestamp and binary (in Base64).
    Text(String),
}

impl fmt::Display for ExtensionValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

impl From<&str> for ExtensionValue {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for ExtensionValue {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<bool> for ExtensionValue {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i32> for ExtensionValue {
    fn from(value: i32) -> Self {
        Self::Integer(value)
    }
}

/// Names that are not extensions, though some would make good names for one.
pub(super) const RESERVED: [&str; 14] = [
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "datacontenttype",
    "dataschema",
    "correlationid",
    "causationid",
    "partitionkey",
    "traceparent",
    "data",
    "data_base64",
];

/// `CloudEvents` names attributes in lower-case ASCII letters and digits.
pub(super) fn check_name(name: &str) -> Result<(), AttributeError> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    if name.is_empty() || !name.bytes().all(allowed) {
        return Err(AttributeError::new(name, AttributeProblem::Name));
    }
    Ok(())
}

/// `CloudEvents` text has no control characters and no Unicode noncharacters.
pub(super) fn check_text(name: &str, text: &str) -> Result<(), AttributeError> {
    let forbidden =
        |c: char| c.is_control() || matches!(c, '\u{fdd0}'..='\u{fdef}') || (u32::from(c) & 0xfffe) == 0xfffe;
    match text.chars().find(|c| forbidden(*c)) {
        Some(character) => Err(AttributeError::new(name, AttributeProblem::Character(character))),
        None => Ok(()),
    }
}

pub(super) fn parse_time(text: &str) -> Result<DateTime<Utc>, AttributeError> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.with_timezone(&Utc).trunc_subsecs(6))
        .map_err(|source| AttributeError::new("time", AttributeProblem::Timestamp { found: text.to_owned(), source }))
}

pub(super) fn format_time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// RFC 3339 has years of four digits.
pub(super) fn check_time(time: DateTime<Utc>) -> Result<(), AttributeError> {
    if (0..=9999).contains(&time.year()) {
        return Ok(());
    }
    Err(AttributeError::new("time", AttributeProblem::Year(time.year())))
}

/// The media type without its parameters, in lower case.
pub(super) fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether data of this content type is JSON.
pub(super) fn is_json(content_type: &str) -> bool {
    let media_type = media_type(content_type);
    media_type == "application/json" || media_type == "text/json" || media_type.ends_with("+json")
}
