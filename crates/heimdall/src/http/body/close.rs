use serde_json::{Map, Value, json};

/// What the open form of a definition is called beside the closed one.
const PART: &str = "__part";

/// Closes the objects of a schema: a field that is declared nowhere is an error, unless the schema says otherwise.
///
/// An object may be made of parts (a flattened struct, the variants of an enum). Then no part may refuse what another
/// declares; the whole does. So each definition gets an open form, which parts refer to.
pub(super) fn close(schema: &mut Value) {
    let Some(definitions) = schema.get("$defs").and_then(Value::as_object) else {
        return close_one(schema, false);
    };
    let mut parts: Map<String, Value> =
        definitions.iter().map(|(name, definition)| (format!("{name}{PART}"), definition.clone())).collect();
    parts.values_mut().for_each(|part| close_one(part, true));
    close_one(schema, false);
    if let Some(Value::Object(definitions)) = schema.get_mut("$defs") {
        definitions.values_mut().for_each(|definition| close_one(definition, false));
        definitions.extend(parts);
    }
}

/// `part` tells that the schema describes a part of an object, which its parent closes.
fn close_one(schema: &mut Value, part: bool) {
    let Value::Object(object) = schema else { return };
    // The validator names the fields that one keyword refuses, not those that the other does where none is declared.
    if !object.contains_key("properties") && object.get("additionalProperties") == Some(&json!(false)) {
        object.remove("additionalProperties");
        object.insert("unevaluatedProperties".to_owned(), json!(false));
    }
    let declares = object.contains_key("properties");
    let open = ["additionalProperties", "unevaluatedProperties"].iter().any(|key| object.contains_key(*key));
    if declares && !open && !part {
        object.insert("unevaluatedProperties".to_owned(), json!(false));
    }
    let in_parts = part || declares;
    for (keyword, inner) in object.iter_mut() {
        match keyword.as_str() {
            "$ref" if in_parts => {
                if let Value::String(reference) = inner {
                    reference.push_str(PART);
                }
            }
            "allOf" | "anyOf" | "oneOf" => {
                inner.as_array_mut().into_iter().flatten().for_each(|branch| close_one(branch, in_parts));
            }
            "properties" | "patternProperties" => {
                inner.as_object_mut().into_iter().flatten().for_each(|(_, field)| close_one(field, false));
            }
            "items" | "additionalProperties" => close_one(inner, false),
            "prefixItems" => inner.as_array_mut().into_iter().flatten().for_each(|item| close_one(item, false)),
            _ => {}
        }
    }
}
