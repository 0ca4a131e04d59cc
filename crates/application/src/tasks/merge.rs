use domain::JsonObject;
use serde_json::Value;

/// Applies a JSON merge patch (RFC 7396) to an object: `null` removes, objects merge, all else replaces.
pub(super) fn merge(target: &mut JsonObject, patch: JsonObject) {
    for (key, change) in patch {
        match (target.get_mut(&key), change) {
            (_, Value::Null) => {
                target.remove(&key);
            }
            (Some(Value::Object(inner)), Value::Object(change)) => merge(inner, change),
            (_, Value::Object(change)) => {
                // A new object must not carry the patch's own nulls.
                let mut inner = JsonObject::new();
                merge(&mut inner, change);
                target.insert(key, Value::Object(inner));
            }
            (_, change) => {
                target.insert(key, change);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> JsonObject {
        let Value::Object(object) = value else { panic!("{value} is no object") };
        object
    }

    /// The examples of RFC 7396, appendix A, whose target and patch are objects.
    #[test]
    fn it_does_what_the_rfc_shows() {
        for (target, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            let mut merged = object(target.clone());
            merge(&mut merged, object(patch.clone()));
            assert_eq!(Value::Object(merged), result, "{target} with {patch}");
        }
    }
}
