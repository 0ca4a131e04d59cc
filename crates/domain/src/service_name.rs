use thiserror::Error;

use crate::excerpt::excerpt;

/// The name of the service that a task makes; one task at a time holds it.
///
/// It becomes the name of a catalog entity, a crate, a container image and a DNS label, so it is what all of them
/// accept: 1 to 63 lower-case letters, digits and hyphens, beginning with a letter and ending with no hyphen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceName(String);

/// The text is no name for a service.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{given}` can't name a service: expected {expected}", expected = ServiceName::EXPECTED)]
pub struct ServiceNameError {
    /// What was given, or its beginning.
    pub given: String,
}

impl ServiceName {
    /// What a name must look like, in words.
    pub const EXPECTED: &str =
        "1 to 63 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen";

    /// Checks a name.
    ///
    /// ```
    /// # use domain::ServiceName;
    /// assert!(ServiceName::parse("payments-2").is_ok());
    /// assert!(ServiceName::parse("Payments").is_err());
    /// ```
    pub fn parse(given: &str) -> Result<Self, ServiceNameError> {
        let legal = given.len() <= 63
            && given.starts_with(|c: char| c.is_ascii_lowercase())
            && !given.ends_with('-')
            && given.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if legal { Ok(Self(given.to_owned())) } else { Err(ServiceNameError { given: excerpt(given) }) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ServiceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
