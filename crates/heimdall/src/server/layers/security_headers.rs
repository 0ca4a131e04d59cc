use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Headers that a browser obeys, unless the application chose its own.
pub(super) fn insert(headers: &mut HeaderMap) {
    let html = headers.get(header::CONTENT_TYPE).is_some_and(|given| given.as_bytes().starts_with(b"text/html"));
    let policy = if html {
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    } else {
        "default-src 'none'; frame-ancestors 'none'"
    };
    let defaults: [(HeaderName, &'static str); 5] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    for (name, value) in defaults {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
