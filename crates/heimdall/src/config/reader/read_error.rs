use std::fmt;

use serde::de::{self, Expected, Unexpected};

use crate::config::{key, node::Node, origin::Origin};

/// Why a value could not be read, and where it stands below the section. The value itself is not repeated: it may be a
/// secret that stands at the wrong key.
#[derive(Debug)]
pub(super) struct ReadError {
    pub(super) path: Vec<Step>,
    /// Where the value came from, if that is not the node at `path`.
    pub(super) origin: Option<Origin>,
    pub(super) message: String,
    located: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Key(String),
    Index(String),
}

impl Step {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Key(text) | Self::Index(text) => text,
        }
    }
}

impl ReadError {
    /// The keys up to the first step into an array.
    pub(super) fn keys(&self) -> Vec<String> {
        let keys = self.path.iter().map_while(|step| match step {
            Step::Key(key) => Some(key.clone()),
            Step::Index(_) => None,
        });
        keys.collect()
    }

    /// Says where it happened, unless that was said closer to the place, and takes the value out of the message.
    pub(super) fn at(mut self, path: &[Step], node: &Node) -> Self {
        if !self.located {
            self.located = true;
            self.path = path.to_vec();
            self.origin = Some(node.origin.clone());
            for text in node.texts() {
                self.message = without(&self.message, text);
            }
        }
        self
    }
}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { path: Vec::new(), origin: None, message: message.to_string(), located: false }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("expected {}, not {}", wanted(expected), kind(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("expected {}, which this {} is not", wanted(expected), noun(found)))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let all = expected.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
        match key::nearest(variant, expected.iter().copied()) {
            Some(nearest) => Self::custom(format_args!("expected one of {all}; did you mean `{nearest}`?")),
            None => Self::custom(format_args!("expected one of {all}")),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ReadError {}

/// What a type wants, in words that don't need Rust.
fn wanted(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    let numbers = |most: u64| format!("a whole number from 0 to {most}");
    match text.as_str() {
        "u8" => numbers(u8::MAX.into()),
        "u16" => numbers(u16::MAX.into()),
        "u32" => numbers(u32::MAX.into()),
        "u64" | "usize" => "a whole number that is not negative".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a string" => "a text".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        _ => text,
    }
}

fn noun(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "truth value",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "number",
        Unexpected::Str(_) | Unexpected::Char(_) | Unexpected::Bytes(_) => "text",
        Unexpected::Seq => "array",
        Unexpected::Map => "table",
        _ => "value",
    }
}

fn kind(found: Unexpected<'_>) -> String {
    let noun = noun(found);
    let article = if noun.starts_with('a') { "an" } else { "a" };
    format!("{article} {noun}")
}

/// The message without the text, which other crates' errors repeat in quotes or as it is.
fn without(message: &str, text: &str) -> String {
    const HIDDEN: &str = "…";
    if text.is_empty() {
        return message.to_owned();
    }
    let message = message.replace(&format!("{text:?}"), HIDDEN).replace(&format!("`{text}`"), HIDDEN);
    // A text of one or two letters is in any message.
    let message = if text.len() > 2 { message.replace(text, HIDDEN) } else { message };
    message.strip_suffix(": …").map(str::to_owned).unwrap_or(message)
}
