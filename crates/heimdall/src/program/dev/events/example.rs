use serde_json::{Map, Value, json};

/// How deep an example is made; what a schema nests in itself ends here.
const DEEPEST: u8 = 8;

/// A small value for a schema: its required members, each the simplest that its type has. Rules such as a pattern are passed over,
/// so that whoever shows it looks first whether the schema takes it.
pub(super) fn example(schema: &Value) -> Value {
    value(schema, schema, DEEPEST)
}

fn value(root: &Value, schema: &Value, depth: u8) -> Value {
    if depth == 0 {
        return Value::Null;
    }
    let first = |key: &str| schema[key].as_array().and_then(|values| values.first());
    let said = schema.get("const").or_else(|| first("examples")).or_else(|| schema.get("default"));
    if let Some(said) = said.or_else(|| first("enum")) {
        return said.clone();
    }
    if let Some(target) = schema["$ref"].as_str().and_then(|to| root.pointer(to.strip_prefix('#')?)) {
        return value(root, target, depth - 1);
    }
    if let Some(branch) = ["oneOf", "anyOf", "allOf"].into_iter().find_map(first) {
        return value(root, branch, depth - 1);
    }
    match schema["type"].as_str().or_else(|| first("type")?.as_str()) {
        Some("object") => object(root, schema, depth),
        Some("string") => string(schema),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(true),
        Some("array") => json!([]),
        _ => Value::Null,
    }
}

fn object(root: &Value, schema: &Value, depth: u8) -> Value {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let member = |name: &str| (name.to_owned(), value(root, &schema["properties"][name], depth - 1));
    Value::Object(required.map(member).collect::<Map<_, _>>())
}

fn string(schema: &Value) -> Value {
    json!(match schema["format"].as_str() {
        Some("uuid") => "0198c0de-0000-7000-8000-000000000000",
        Some("date-time") => "2026-01-01T00:00:00Z",
        Some("date") => "2026-01-01",
        Some("uri") => "https://example.org/",
        Some("email") => "someone@example.org",
        _ => "example",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn required_members_have_the_simplest_value() {
        let schema = json!({
            "type": "object",
            "required": ["item", "id", "quantity", "kind", "place", "urgent", "note"],
            "properties": {
                "item": {"type": "string"},
                "id": {"type": "string", "format": "uuid"},
                "quantity": {"type": "integer", "minimum": 0},
                "kind": {"enum": ["new", "used"]},
                "place": {"$ref": "#/$defs/Place"},
                "urgent": {"type": "boolean"},
                "note": {"type": ["string", "null"]},
                "more": {"type": "string"},
            },
            "$defs": {"Place": {"type": "object", "required": ["shelf"], "properties": {"shelf": {"const": 7}}}},
        });
        let wanted = json!({
            "item": "example", "id": "0198c0de-0000-7000-8000-000000000000", "quantity": 0, "kind": "new",
            "place": {"shelf": 7}, "urgent": true, "note": "example",
        });
        assert_eq!(example(&schema), wanted);
    }

    #[test]
    fn what_is_nested_in_itself_ends() {
        let schema = json!({"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#"}}});
        assert!(example(&schema)["next"].is_object());
    }
}
