use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::excerpt::excerpt;

/// A problem as it travels (RFC 9457, `application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// A reference to the page that explains this type of problem.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid-request")]
    pub kind: String,
    /// A few words that are the same for each problem of the type.
    pub title: String,
    /// The status of the response.
    #[schema(example = 422)]
    pub status: u16,
    /// What went wrong this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The id of the request, as in the response's `x-request-id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Everything that is wrong, all at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What else the type of problem has to say.
    #[serde(flatten)]
    pub extensions: Map<String, Value>,
}

/// So many bytes of a pointer are shown.
const LONGEST_POINTER: usize = 512;
/// What would be right, where nobody can say it shorter.
const UNTOLD: &str = "what the description of this API says";

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Where: a JSON pointer (RFC 6901) into the body, `?name` for a query parameter, or `#name` for a header.
    #[schema(example = "/parameters/name")]
    pub pointer: String,
    /// What is wrong there. Never repeats the value, which may be a secret.
    pub detail: String,
    /// What would be right; never empty.
    #[serde(default)]
    pub expected: String,
}

impl FieldError {
    /// An error at a JSON pointer. Names that callers make up could be as long as the request, in each of its errors: of
    /// a pointer of more than 512 bytes the beginning is shown, and `…`.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>, expected: impl Into<String>) -> Self {
        let pointer = excerpt(&pointer.into(), LONGEST_POINTER).into_owned();
        let expected = Some(expected.into()).filter(|expected| !expected.is_empty());
        Self { pointer, detail: detail.into(), expected: expected.unwrap_or_else(|| UNTOLD.to_owned()) }
    }

    /// An error of the query parameter `name`.
    pub fn query(name: &str, detail: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::new(format!("?{name}"), detail, expected)
    }

    /// An error of the header `name`.
    pub fn header(name: &str, detail: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::new(format!("#{name}"), detail, expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_name_without_end_the_beginning_is_shown() {
        let error = FieldError::new(format!("/{}", "é".repeat(100_000)), "is unknown", "");
        assert_eq!(error.pointer, format!("/{}…", "é".repeat(255)));
    }
}
