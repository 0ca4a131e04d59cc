//! The JSON Schemas of what events carry.

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

use super::data::{CatalogEventData, TaskEventData};
use super::description::{EventDescription, EventSubject};

/// The schema of what an event carries, with references into `generator`'s definitions.
pub(super) fn schema(event: &EventDescription, generator: &mut SchemaGenerator) -> Value {
    let schema = match event.subject {
        EventSubject::Task { .. } => TaskEventData::json_schema(generator),
        EventSubject::Entity { .. } => CatalogEventData::json_schema(generator),
    };
    narrowed(schema.to_value(), event)
}

/// The type's schema, narrowed to what this event carries: members that it lacks are gone or null, the others are there.
fn narrowed(mut schema: Value, event: &EventDescription) -> Value {
    schema["description"] = json!(event.summary);
    schema["required"] = json!(event.carries);
    let optional = ["entities", "failure"];
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.retain(|name, _| event.carries(name) || !optional.contains(&name.as_str()));
        for (name, property) in properties {
            let carried = event.carries(name);
            if carried {
                not_null(property);
            }
            if event.lacks(name) {
                *property = json!({"description": property["description"], "type": "null"});
            } else if ["entity", "previous"].contains(&name.as_str()) {
                let types = if carried { json!("object") } else { json!(["object", "null"]) };
                property["type"] = types;
            }
        }
    }
    schema
}

fn not_null(property: &mut Value) {
    if let Some(types) = property["type"].as_array() {
        let types: Vec<_> = types.iter().filter(|name| *name != "null").cloned().collect();
        property["type"] = if let [one] = types.as_slice() { one.clone() } else { json!(types) };
    }
    if let Some(branches) = property["anyOf"].as_array().cloned()
        && let [branch] = branches.iter().filter(|branch| branch["type"] != "null").collect::<Vec<_>>().as_slice()
    {
        let reference = (*branch).clone();
        if let Some(property) = property.as_object_mut() {
            property.remove("anyOf");
            property.extend(reference.as_object().cloned().unwrap_or_default());
        }
    }
}
