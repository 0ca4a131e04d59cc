use std::fmt;

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, request::Parts},
};

use super::{FieldError, Problem};

/// The header that makes a request safe to repeat.
const NAME: &str = "Idempotency-Key";

/// What a caller calls one request, so that its repetition is known: 1 to 255 visible ASCII characters. A handler
/// takes `Option<IdempotencyKey>`; a malformed one is 400.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parse(&parts.headers)?.ok_or_else(|| malformed("is missing"))
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        parse(&parts.headers)
    }
}

fn parse(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let mut values = headers.get_all(NAME).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(malformed("is there more than once"));
    }
    let bytes = value.as_bytes();
    if (1..=255).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic) {
        return Ok(Some(IdempotencyKey(String::from_utf8_lossy(bytes).into_owned())));
    }
    Err(malformed("is malformed"))
}

fn malformed(detail: &str) -> Problem {
    Problem::malformed([FieldError::header(NAME, detail, "one key of 1 to 255 visible ASCII characters")])
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn keys_are_visible_ascii_of_bounded_length() {
        let given = |value: &[u8]| {
            let value = HeaderValue::from_bytes(value).unwrap();
            parse(&HeaderMap::from_iter([(NAME.parse().unwrap(), value)])).map(Option::unwrap)
        };
        assert_eq!(given(b"a-1/\"x\"").unwrap().as_str(), "a-1/\"x\"");
        given(&[b'k'; 255]).unwrap();
        for wrong in [&b""[..], b"a b", b"\xc3\xa4", b"a\tb", &[b'k'; 256]] {
            assert_eq!(given(wrong).unwrap_err().status(), 400);
        }
        assert_eq!(parse(&HeaderMap::new()).unwrap(), None);
    }
}
