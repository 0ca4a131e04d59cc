//! YAML as we read and write it: a document is a JSON value, and it is small, flat and unambiguous or refused.

use serde_json::Value;

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

/// Writes one document.
pub(super) fn write(document: &Value) -> Result<String, String> {
    serde_saphyr::to_string(document).map_err(|error| error.to_string())
}
