//! Secrets that a changed draft would show.

use domain::JsonObject;
use serde_json::Value;

use super::error::TaskError;
use crate::ports::{Violation, pointer_to};

/// Refuses what was given as a secret and would be shown now, because the template is another one or has changed what it
/// marks as secret. What the patch itself says anew, its author wants to be there.
pub(super) fn refuse_disclosure(kept: &JsonObject, patch: &JsonObject, shown: &JsonObject) -> Result<(), TaskError> {
    let mut found = Vec::new();
    find(kept, patch, shown, "/parameters", &mut found);
    if found.is_empty() { Ok(()) } else { Err(TaskError::Invalid(found)) }
}

fn find(kept: &JsonObject, patch: &JsonObject, shown: &JsonObject, at: &str, found: &mut Vec<Violation>) {
    for (key, secret) in kept {
        let pointer = pointer_to(at, key);
        match (secret, patch.get(key), shown.get(key)) {
            (Value::Object(kept), None, Some(Value::Object(shown))) => {
                find(kept, &JsonObject::new(), shown, &pointer, found);
            }
            (Value::Object(kept), Some(Value::Object(patch)), Some(Value::Object(shown))) => {
                find(kept, patch, shown, &pointer, found);
            }
            (_, None, Some(_)) => found.push(Violation {
                pointer,
                detail: "this was given as a secret, and the template would show it".to_owned(),
                expected: "the value given anew, or `null`".to_owned(),
            }),
            _ => {}
        }
    }
}
