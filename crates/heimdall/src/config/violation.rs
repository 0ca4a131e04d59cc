use std::fmt;

/// A value that has the right type and is still wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub(super) key: String,
    pub(super) message: String,
}

impl Violation {
    /// `key` is relative to the section; `message` says what would be right, for example `must be more than 0`.
    pub fn new(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { key: key.into(), message: message.into() }
    }

    /// The same, unless all is well.
    pub fn unless(well: bool, key: impl Into<String>, message: impl Into<String>) -> Option<Self> {
        (!well).then(|| Self::new(key, message))
    }
}

impl fmt::Display for Violation {
    /// `key` and what would be right, in one phrase.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.message)
    }
}
