//! One broken rule.

use std::fmt;

/// Where a rule is broken, what is wrong, and what would be right.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Violation {
    /// A path, with a line where there is one.
    pub(super) place: String,
    pub(super) wrong: String,
    pub(super) right: String,
}

impl Violation {
    pub(super) fn new(place: impl Into<String>, wrong: impl Into<String>, right: impl Into<String>) -> Self {
        Self { place: place.into(), wrong: wrong.into(), right: right.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}\n    right: {}", self.place, self.wrong, self.right)
    }
}
