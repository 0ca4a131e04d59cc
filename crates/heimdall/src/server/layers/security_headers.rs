use std::{mem, sync::LazyLock};

use axum::http::{HeaderMap, HeaderValue, header};

static OF_PAGES: LazyLock<HeaderMap> = LazyLock::new(|| {
    defaults(
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
    )
});
static OF_ALL_ELSE: LazyLock<HeaderMap> = LazyLock::new(|| defaults("default-src 'none'; frame-ancestors 'none'"));

/// Headers that a browser obeys, unless the application chose its own.
fn defaults(policy: &'static str) -> HeaderMap {
    // So that what a response has beside them fits the copy's index.
    let mut headers = HeaderMap::with_capacity(12);
    headers.extend(
        [
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CACHE_CONTROL, "no-store"),
            (header::CONTENT_SECURITY_POLICY, policy),
        ]
        .map(|(name, value)| (name, HeaderValue::from_static(value))),
    );
    headers
}

/// Adds them. They are copied at once, and what the response has of its own comes over them: it has less.
pub(super) fn insert(headers: &mut HeaderMap) {
    let html = headers.get(header::CONTENT_TYPE).is_some_and(|given| given.as_bytes().starts_with(b"text/html"));
    let defaults = if html { &OF_PAGES } else { &OF_ALL_ELSE };
    let own = mem::replace(headers, HeaderMap::clone(defaults));
    headers.extend(own);
}
