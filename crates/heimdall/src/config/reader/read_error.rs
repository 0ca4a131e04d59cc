use std::fmt;

use serde::de;

use crate::config::Origin;

/// Why a value could not be read, and where it stands below the section.
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

    /// Says where it happened, unless that was said closer to the place.
    pub(super) fn at(mut self, path: &[Step], origin: &Origin) -> Self {
        if !self.located {
            self.located = true;
            self.path = path.to_vec();
            self.origin = Some(origin.clone());
        }
        self
    }
}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { path: Vec::new(), origin: None, message: message.to_string(), located: false }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ReadError {}
