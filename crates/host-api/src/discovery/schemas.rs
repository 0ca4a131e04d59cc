//! The JSON Schemas of what events carry; an envelope's `dataschema` is the address of one of them.

use application::events::{CatalogEventData, EventDescription, EventSubject, IntegrationEvent, TaskEventData};
use axum::extract::Path;
use axum::http::header;
use heimdall::http::{OrNotFound as _, Problem};
use heimdall::routes::{HttpMethod, Routes, public};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::api::Names;

/// The address of an event type's schema.
pub(super) fn address(names: &Names, kind: &str) -> String {
    format!("{}/discovery/v1/schemas/{kind}.json", names.public_url)
}

/// The schema of what an event of this type carries, with references into `generator`'s definitions.
pub(super) fn data(generator: &mut SchemaGenerator, event: &EventDescription, kind: &str) -> Value {
    let schema = match event.subject {
        EventSubject::Task { .. } => TaskEventData::json_schema(generator),
        EventSubject::Entity { .. } => CatalogEventData::json_schema(generator),
    };
    narrowed(schema.to_value(), event, kind)
}

/// The type's schema, narrowed to what this event carries: members that it lacks are gone or null, the others are there.
fn narrowed(mut schema: Value, event: &EventDescription, kind: &str) -> Value {
    schema["title"] = json!(kind);
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

/// `/discovery/v1/schemas/<type>.json`, each a document of its own.
pub(super) fn routes(names: &Names) -> Routes {
    let documents: Map<String, Value> = documents(names).into_iter().collect();
    let list: Vec<_> = documents.keys().map(|file| format!("/discovery/v1/schemas/{file}")).collect();
    let list = json!({"schemas": list});
    let one = move |Path(file): Path<String>| async move {
        let missing = || "no type of event has this name; `/discovery/v1/schemas` lists all";
        let document = documents.get(&file).or_not_found_with(missing)?;
        Ok::<_, Problem>(([(header::CONTENT_TYPE, "application/schema+json")], document.to_string()))
    };
    Routes::new().constant("/discovery/v1/schemas", "application/json", list.to_string()).undocumented(
        public(),
        HttpMethod::Get,
        "/discovery/v1/schemas/{file}",
        one,
    )
}

fn documents(names: &Names) -> Vec<(String, Value)> {
    IntegrationEvent::ALL.iter().map(|event| document(names, *event)).collect()
}

fn document(names: &Names, event: IntegrationEvent) -> (String, Value) {
    let kind = event.type_in(&names.task_namespace);
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let schema = data(&mut generator, &event.describe(), &kind);
    let mut document = Map::new();
    document.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    document.insert("$id".to_owned(), json!(address(names, &kind)));
    document.extend(schema.as_object().cloned().unwrap_or_default());
    let definitions = generator.take_definitions(true);
    if !definitions.is_empty() {
        document.insert("$defs".to_owned(), Value::Object(definitions));
    }
    (format!("{kind}.json"), Value::Object(document))
}
