//! An error and its causes, in one line.

use std::error::Error;

/// An error and all that caused it, in one line: for a log line, a health report, a row of a table.
///
/// NUL characters, which no database keeps, are replaced.
///
/// ```
/// use heimdall::errors::with_causes;
///
/// let error = std::io::Error::other("the disk is full");
/// assert_eq!(with_causes(&error), "the disk is full");
/// ```
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    with_sources(error.to_string(), error.source())
}

/// A message and what caused it, in one line.
pub(crate) fn with_sources(mut line: String, mut next: Option<&(dyn Error + 'static)>) -> String {
    while let Some(cause) = next {
        let text = cause.to_string();
        // Some errors repeat their cause in their own words.
        if !line.ends_with(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        next = cause.source();
    }
    line.replace('\0', "\u{fffd}")
}

/// What a panic said.
pub(crate) fn panic_message(payload: &(dyn std::any::Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
