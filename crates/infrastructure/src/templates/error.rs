use std::fmt;

/// One thing that is wrong with a template, found when it was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// The file, as a path within the template, such as `template.yaml`.
    pub file: String,
    /// Where in the file: a JSON pointer (`/spec/steps/0/action`) or a line (`line 12`); empty for the file as a whole.
    pub at: String,
    /// What stands there.
    pub found: String,
    /// What would be right.
    pub expected: String,
}

impl TemplateError {
    pub(super) fn new(
        file: impl Into<String>,
        at: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self { file: file.into(), at: at.into(), found: found.into(), expected: expected.into() }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if !self.at.is_empty() {
            write!(f, " ({})", self.at)?;
        }
        write!(f, ": {}; expected {}", self.found, self.expected)
    }
}

/// A template, or a whole source of templates, that could not be loaded; the others are served all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedTemplate {
    /// Which one: the folder's path, or `shipped/<folder>` for one that comes with the binary.
    pub source: String,
    /// Everything that is wrong with it.
    pub faults: Vec<TemplateError>,
}

impl fmt::Display for RejectedTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "template {} is not served:", self.source)?;
        for fault in &self.faults {
            write!(f, "\n  {fault}")?;
        }
        Ok(())
    }
}

/// Collects the faults of one file while it is read.
#[derive(Debug)]
pub(super) struct TemplateErrors {
    file: String,
    list: Vec<TemplateError>,
}

impl TemplateErrors {
    pub(super) fn of(file: &str) -> Self {
        Self { file: file.to_owned(), list: Vec::new() }
    }

    /// Notes that at `at` there is `found` where `expected` would be right.
    pub(super) fn add(&mut self, at: impl Into<String>, found: impl Into<String>, expected: impl Into<String>) {
        self.list.push(TemplateError::new(self.file.clone(), at, found, expected));
    }

    /// Takes over what was found in another file.
    pub(super) fn extend(&mut self, others: impl IntoIterator<Item = TemplateError>) {
        self.list.extend(others);
    }

    /// How many there are so far.
    pub(super) fn count(&self) -> usize {
        self.list.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn into_list(self) -> Vec<TemplateError> {
        self.list
    }
}

/// Names a JSON value's type for a message, with an article, and never shows the value itself.
pub(super) fn kind_of(value: &serde_json::Value) -> &'static str {
    use serde_json::Value;
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
