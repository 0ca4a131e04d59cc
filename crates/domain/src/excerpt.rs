/// So many characters of what was given are repeated.
const REPEATED: usize = 80;

/// What an error repeats of its input: all of it, or its beginning and `…`. Otherwise a caller that sends a megabyte gets
/// it back, and fills the logs with it.
///
/// ```
/// assert_eq!(domain::excerpt("payments"), "payments");
/// assert_eq!(domain::excerpt(&"é".repeat(1_000_000)), "é".repeat(80) + "…");
/// ```
pub fn excerpt(given: &str) -> String {
    match given.char_indices().nth(REPEATED) {
        Some((end, _)) => format!("{}…", &given[..end]),
        None => given.to_owned(),
    }
}
