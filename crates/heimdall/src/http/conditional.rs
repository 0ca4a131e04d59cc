use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
    response::{IntoResponseParts, ResponseParts},
};

use super::{FieldError, Problem, problem::kinds};

/// A strong entity tag, made of a resource's version: `"7"`. Part of a response: `(ETag::of_version(7), Json(task))`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ETag(HeaderValue);

impl ETag {
    /// The tag of a version, which grows with each change.
    pub fn of_version(version: u64) -> Self {
        let text = format!("\"{version}\"");
        // Digits between quotes are always a header value.
        Self(HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("\"\"")))
    }
}

impl From<ETag> for HeaderValue {
    fn from(ETag(value): ETag) -> Self {
        value
    }
}

impl IntoResponseParts for ETag {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        parts.headers_mut().insert(header::ETAG, self.0);
        Ok(parts)
    }
}

/// The versions a caller is ready to change (`If-Match`). Missing is 428, malformed 400.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever is there.
    Any,
    /// One of these tags. Weak tags are read, but never match.
    Tags(Vec<String>),
}

impl IfMatch {
    /// Refuses (412, with the current tag) unless the caller means the current version.
    pub fn check(&self, version: u64) -> Result<(), Problem> {
        let current = ETag::of_version(version);
        match self {
            Self::Any => Ok(()),
            Self::Tags(tags) if tags.iter().any(|tag| tag.as_bytes() == current.0.as_bytes()) => Ok(()),
            Self::Tags(_) => {
                let detail = format!("the current version is {version}; `If-Match` names another");
                Err(Problem::new(kinds::PRECONDITION_FAILED).detail(detail).header(header::ETAG, current.0))
            }
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parse(&parts.headers)
    }
}

fn parse(headers: &HeaderMap) -> Result<IfMatch, Problem> {
    let malformed = || {
        let expected = "`*`, or the `ETag` of the resource, in its quotes";
        Problem::malformed([FieldError::header("If-Match", "is malformed", expected)])
    };
    let mut tags = Vec::new();
    let mut any = false;
    for value in headers.get_all(header::IF_MATCH) {
        let mut rest = value.to_str().map_err(|_| malformed())?.trim();
        if rest == "*" {
            any = true;
            continue;
        }
        loop {
            let (tag, after) = entity_tag(rest).ok_or_else(malformed)?;
            tags.push(tag.to_owned());
            match after.trim_start().strip_prefix(',') {
                Some(more) => rest = more.trim_start(),
                None if after.trim().is_empty() => break,
                None => return Err(malformed()),
            }
        }
    }
    match (any, tags.is_empty()) {
        (true, true) => Ok(IfMatch::Any),
        (false, false) => Ok(IfMatch::Tags(tags)),
        (true, false) => Err(malformed()),
        (false, true) => Err(missing()),
    }
}

fn missing() -> Problem {
    let name = HeaderName::from_static("if-match");
    let error = FieldError::header("If-Match", "is missing", "the `ETag` of the resource, or `*`");
    Problem::new(kinds::PRECONDITION_REQUIRED).detail(format!("send `{name}` with the resource's `ETag`")).error(error)
}

/// Splits an entity tag off the front.
fn entity_tag(text: &str) -> Option<(&str, &str)> {
    let quoted = text.strip_prefix("W/").unwrap_or(text).strip_prefix('"')?;
    let end = quoted.find('"')?;
    let valid = quoted[..end].bytes().all(|byte| byte == 0x21 || (0x23..=0x7e).contains(&byte));
    let length = text.len() - quoted.len() + end + 1;
    valid.then(|| text.split_at(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(values: &[&str]) -> Result<IfMatch, u16> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::IF_MATCH, HeaderValue::from_str(value).unwrap());
        }
        parse(&headers).map_err(|problem| problem.status().as_u16())
    }

    #[test]
    fn it_takes_tags_lists_and_a_star() {
        assert_eq!(given(&["*"]), Ok(IfMatch::Any));
        let tags = |tags: &[&str]| Ok(IfMatch::Tags(tags.iter().map(ToString::to_string).collect()));
        assert_eq!(given(&["\"7\""]), tags(&["\"7\""]));
        assert_eq!(given(&["\"7\" , W/\"8\"", "\"a,b\""]), tags(&["\"7\"", "W/\"8\"", "\"a,b\""]));
    }

    #[test]
    fn missing_is_428_and_malformed_400() {
        assert_eq!(given(&[]), Err(428));
        for text in ["", "7", "\"7", "\"7\" \"8\"", "\"7\",", "\"a b\"", "*, \"7\"", "w/\"7\""] {
            assert_eq!(given(&[text]), Err(400), "{text}");
        }
    }

    #[test]
    fn only_the_strong_tag_of_the_current_version_matches() {
        let statuses = |values: &[&str]| given(values).unwrap().check(7).map_err(|problem| problem.status().as_u16());
        assert_eq!(statuses(&["\"6\", \"7\""]), Ok(()));
        assert_eq!(statuses(&["*"]), Ok(()));
        for stale in ["\"6\"", "W/\"7\"", "\"07\"", "\"\""] {
            assert_eq!(statuses(&[stale]), Err(412), "{stale}");
        }
    }
}
