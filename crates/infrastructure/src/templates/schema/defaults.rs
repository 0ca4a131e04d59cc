use application::JsonObject;
use serde_json::Value;

/// Puts in what is missing, also within objects that both have.
pub(super) fn fill(given: &mut JsonObject, defaults: &JsonObject) {
    for (name, default) in defaults {
        match (given.get_mut(name), default) {
            (None, _) => {
                given.insert(name.clone(), default.clone());
            }
            (Some(Value::Object(given)), Value::Object(default)) => fill(given, default),
            (Some(_), _) => {}
        }
    }
}

/// Puts in the schema's own defaults. An object that is missing is made where the defaults within make it complete.
pub(super) fn fill_from_schema(given: &mut JsonObject, schema: &Value) {
    let Some(Value::Object(properties)) = schema.get("properties") else { return };
    for (name, property) in properties {
        if !given.contains_key(name) {
            let default = property.get("default").cloned().or_else(|| whole(property));
            if let Some(default) = default {
                given.insert(name.clone(), default);
            }
        }
        if let Some(Value::Object(within)) = given.get_mut(name) {
            fill_from_schema(within, property);
        }
    }
}

fn whole(property: &Value) -> Option<Value> {
    let mut object = JsonObject::new();
    fill_from_schema(&mut object, property);
    let mut required = property.get("required").and_then(Value::as_array).into_iter().flatten();
    let complete = required.all(|name| name.as_str().is_some_and(|name| object.contains_key(name)));
    (complete && !object.is_empty()).then_some(Value::Object(object))
}
