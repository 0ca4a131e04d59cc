//! YAML as we read and write it: a document is a JSON value, and it is small, flat and unambiguous or refused.

use std::fmt;

use serde_json::Value;

use super::limits::Stop;

/// Bytes of YAML that we read at once; what a person writes is far smaller.
const MAX_BYTES: usize = 1 << 20;

/// Reads a text of exactly one document.
pub(super) fn document(text: &str) -> Result<Value, String> {
    match documents(text)?.as_mut_slice() {
        [one] => Ok(one.take()),
        more => Err(format!("{} documents where one is expected", more.len())),
    }
}

/// Reads a text of any number of documents; empty ones don't count.
pub(super) fn documents(text: &str) -> Result<Vec<Value>, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("more than {MAX_BYTES} bytes of YAML"));
    }
    if text.contains('\0') {
        return Err("a NUL character".to_owned());
    }
    serde_saphyr::from_multiple_with_options::<Value>(text, options())
        .map(|found| found.into_iter().filter(|document| !document.is_null()).collect())
        .map_err(|error| error.to_string())
}

/// Budgets against texts that are small and expand without end ("billion laughs"), and the strict reading of YAML 1.2.
fn options() -> serde_saphyr::Options {
    let mut options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: 64,
            max_nodes: 100_000,
            max_aliases: 1_000,
            max_anchors: 1_000,
            max_documents: 1_000,
            max_total_scalar_bytes: 4 << 20,
        },
        strict_booleans: true,
        with_snippet: false,
    };
    options.alias_limits.max_total_replayed_events = 100_000;
    options.alias_limits.max_replay_stack_depth = 16;
    options
}

/// Writes one document of at most `limit` bytes: indented and quoted, a value grows.
pub(super) fn write(document: &Value, limit: usize) -> Result<String, String> {
    let mut bounded = Bounded { text: String::new(), limit, full: false };
    match serde_saphyr::to_fmt_writer(&mut bounded, document) {
        Ok(()) => Ok(bounded.text),
        Err(_) if bounded.full => Err(Stop::File(limit).to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// A text that refuses what would make it longer than it may be.
struct Bounded {
    text: String,
    limit: usize,
    full: bool,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        if self.text.len() + more.len() > self.limit {
            self.full = true;
            return Err(fmt::Error);
        }
        self.text.push_str(more);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::write;

    #[test]
    fn what_gets_too_long_is_not_written_to_its_end() {
        assert_eq!(write(&json!({ "a": [1] }), 100).unwrap().trim(), "a:\n- 1".trim());
        let error = write(&json!({ "a": vec![0; 1000] }), 100).unwrap_err();
        assert!(error.contains("more than 100 bytes"), "{error}");
    }
}
