use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::excerpt::excerpt;

/// A Backstage entity reference, `kind:namespace/name`, in lower case as the catalog compares them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityRef {
    kind: String,
    namespace: String,
    name: String,
}

/// The text is no entity reference.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{given}` is no entity reference: {problem}; expected `kind:namespace/name`, such as `component:default/payments`"
)]
pub struct EntityRefError {
    /// What was given, or its beginning.
    pub given: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl EntityRef {
    /// Puts a reference together from its parts, with the namespace `default` where none is given.
    pub fn new(kind: &str, namespace: Option<&str>, name: &str) -> Result<Self, EntityRefError> {
        let namespace = namespace.unwrap_or("default");
        let wrong = |problem| EntityRefError { given: excerpt(&format!("{kind}:{namespace}/{name}")), problem };
        if !part(kind, |c| c.is_ascii_alphanumeric()) || !kind.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err(wrong("the kind must be letters and digits"));
        }
        if !part(namespace, |c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(wrong("the namespace must be up to 63 letters, digits and hyphens"));
        }
        if !part(name, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
            return Err(wrong("the name must be up to 63 letters, digits, `-`, `_` and `.`"));
        }
        Ok(Self { kind: kind.to_lowercase(), namespace: namespace.to_lowercase(), name: name.to_lowercase() })
    }

    /// The kind, such as `component`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The namespace, mostly `default`.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The name within kind and namespace.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The catalog's own rule for each part: 1 to 63 characters that begin and end with a letter or digit.
fn part(text: &str, allowed: impl Fn(char) -> bool) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.len() <= 63 && edge(text.chars().next()) && edge(text.chars().last()) && text.chars().all(allowed)
}

/// Reads the full form `kind:namespace/name` and the short one `kind:name`.
///
/// ```
/// # use domain::EntityRef;
/// let component: EntityRef = "Component:Payments".parse()?;
/// assert_eq!(component.to_string(), "component:default/payments");
/// # Ok::<(), domain::EntityRefError>(())
/// ```
impl FromStr for EntityRef {
    type Err = EntityRefError;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        let (kind, rest) =
            given.split_once(':').ok_or_else(|| EntityRefError { given: excerpt(given), problem: "it has no kind" })?;
        let (namespace, name) = match rest.split_once('/') {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, rest),
        };
        Self::new(kind, namespace, name).map_err(|error| EntityRefError { given: excerpt(given), ..error })
    }
}

impl fmt::Display for EntityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.kind, self.namespace, self.name)
    }
}
