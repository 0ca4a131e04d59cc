use axum::http::{HeaderValue, header};

use crate::http::{Problem, problem::kinds};

/// 401 for a request that carries no token: RFC 6750 wants no error code then.
pub(super) fn missing_token() -> Problem {
    Problem::new(kinds::UNAUTHENTICATED)
        .detail("the request carries no access token")
        .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

/// 401 for a token that does not hold. The reason is one of ours, and tells no more than the token's sender may know.
pub(super) fn invalid_token(reason: &'static str) -> Problem {
    let challenge = format!("Bearer error=\"invalid_token\", error_description=\"{reason}\"");
    let challenge = HeaderValue::try_from(challenge);
    Problem::new(kinds::UNAUTHENTICATED)
        .detail(reason)
        .header(header::WWW_AUTHENTICATE, challenge.unwrap_or(HeaderValue::from_static("Bearer")))
}
