use application::JsonObject;
use serde_json::Value;

/// Where the values are that are `writeOnly`, from the root down.
pub(super) fn paths(schema: &Value) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    collect(schema, &mut Vec::new(), &mut found);
    found
}

fn collect(schema: &Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        path.push(name.clone());
        if property.get("writeOnly") == Some(&Value::Bool(true)) {
            found.push(path.clone());
        } else {
            collect(property, path, found);
        }
        path.pop();
    }
}

/// Takes the secrets out of the parameters, into an object of the same shape.
pub(super) fn split(parameters: &mut JsonObject, paths: &[Vec<String>]) -> JsonObject {
    let mut secrets = JsonObject::new();
    for path in paths {
        if let [way @ .., name] = path.as_slice()
            && let Some(secret) =
                way.iter().try_fold(&mut *parameters, into).and_then(|holder| holder.shift_remove(name))
        {
            let mut place = &mut secrets;
            for step in way {
                let next = place.entry(step.clone()).or_insert_with(|| Value::Object(JsonObject::new()));
                let Value::Object(next) = next else { return secrets };
                place = next;
            }
            place.insert(name.clone(), secret);
        }
    }
    secrets
}

fn into<'v>(object: &'v mut JsonObject, name: &String) -> Option<&'v mut JsonObject> {
    object.get_mut(name).and_then(Value::as_object_mut)
}
