use std::fmt;

use super::origin::Origin;

/// Everything that is wrong with a configuration, at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    name: String,
    problems: Vec<SettingError>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingError {
    /// The key, for example `http.port`; empty where the file as a whole is meant.
    pub key: String,
    /// Where it stands; `None` if it is a default.
    pub origin: Option<Origin>,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

impl SettingError {
    pub(super) fn new(key: impl Into<String>, origin: &Origin, message: impl Into<String>) -> Self {
        let origin = Some(origin.clone()).filter(|origin| *origin != Origin::Default);
        Self { key: key.into(), origin, message: message.into() }
    }
}

impl ConfigError {
    pub(super) fn new(name: &str, problems: Vec<SettingError>) -> Self {
        Self { name: name.to_owned(), problems }
    }

    pub(super) fn check(name: &str, problems: Vec<SettingError>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self::new(name, problems)) }
    }

    /// What is wrong, in no particular order.
    pub fn problems(&self) -> &[SettingError] {
        &self.problems
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = match self.problems.len() {
            1 => "an error".to_owned(),
            n => format!("{n} errors"),
        };
        write!(f, "the configuration of {} has {count}", self.name)?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.origin, self.key.as_str()) {
            (Some(origin), "") => write!(f, "{origin}: {}", self.message),
            (Some(origin), key) => write!(f, "{key} ({origin}): {}", self.message),
            (None, "") => f.write_str(&self.message),
            (None, key) => write!(f, "{key}: {}", self.message),
        }
    }
}

impl std::error::Error for ConfigError {}
