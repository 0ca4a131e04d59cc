use application::ports::pointer_to;
use serde_json::Value;

use crate::templates::error::TemplateErrors;
use crate::templates::expression::{Names, Whitespace, check, is_templated};
use crate::templates::source::SourceTree;

/// What a step is read with.
pub(super) struct Context<'a> {
    pub(super) names: Names,
    pub(super) tree: &'a SourceTree,
}

/// Checks every string within an input.
pub(super) fn check_texts(value: &Value, at: &str, names: &Names, faults: &mut TemplateErrors) {
    match value {
        Value::String(text) => check_text(text, at, names, faults),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                check_texts(item, &format!("{at}/{index}"), names, faults);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let at = pointer_to(at, name);
                if is_templated(name) {
                    faults.add(at.clone(), "an expression in a key", "a plain key");
                }
                check_texts(member, &at, names, faults);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Checks one string.
pub(super) fn check_text(text: &str, at: &str, names: &Names, faults: &mut TemplateErrors) {
    for fault in check(text, names, Whitespace::default()) {
        faults.add(at, fault.found, fault.expected);
    }
}
