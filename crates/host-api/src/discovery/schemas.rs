//! The JSON Schemas of what events carry; an envelope's `dataschema` is the address of one of them.

use application::events::{
    CatalogEventData, ENTITY_CREATED, ENTITY_DELETED, ENTITY_UPDATED, TASK_EVENTS, TaskEventData, task_event_type,
};
use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::routing::get;
use heimdall::http::Problem;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::Names;

/// The address of an event type's schema.
pub(super) fn address(names: &Names, kind: &str) -> String {
    format!("{}/discovery/v1/schemas/{kind}.json", names.public_url)
}

/// One kind of event.
pub(super) struct EventType {
    /// Its type, as in the envelope.
    pub(super) kind: String,
    /// What has happened when it is sent.
    pub(super) summary: &'static str,
    /// Which members of the data are there, and not null.
    carries: &'static [&'static str],
    /// Which are always null.
    lacks: &'static [&'static str],
}

impl EventType {
    /// Whether a member of the data is there, and not null.
    pub(super) fn carries(&self, member: &str) -> bool {
        self.carries.contains(&member)
    }

    /// Whether a member of the data is always null.
    pub(super) fn lacks(&self, member: &str) -> bool {
        self.lacks.contains(&member)
    }
}

/// The events that tell of tasks, with the short name of each.
pub(super) fn task_events(names: &Names) -> Vec<EventType> {
    let about = |name: &str| match name {
        "created" => "A task was written down.",
        "updated" => "A draft was changed.",
        "queued" => "A task waits for a worker.",
        "started" => "A worker began an attempt.",
        "completed" => "The service was made.",
        "failed" => "An attempt failed.",
        "cancelled" => "A task was stopped on somebody's input.",
        "decommissioned" => "The service is gone from the catalog.",
        _ => "A task was removed; its history stays.",
    };
    let carries = |name: &str| -> &'static [&'static str] {
        match name {
            "completed" => &["task", "entities"],
            "failed" => &["task", "failure"],
            _ => &["task"],
        }
    };
    let event = |name: &&str| EventType {
        kind: task_event_type(&names.task_namespace, name),
        summary: about(name),
        carries: carries(name),
        lacks: &[],
    };
    TASK_EVENTS.iter().map(event).collect()
}

/// The events that tell of the catalog.
pub(super) fn catalog_events() -> Vec<EventType> {
    let event = |kind: &str, summary, carries, lacks| EventType { kind: kind.to_owned(), summary, carries, lacks };
    vec![
        event(ENTITY_CREATED, "An entity came into being.", &["entityRef", "entity"], &["previous"]),
        event(ENTITY_UPDATED, "An entity changed.", &["entityRef", "entity"], &[]),
        event(ENTITY_DELETED, "An entity is gone.", &["entityRef"], &["entity"]),
    ]
}

/// The schema of what task events carry, with references into `generator`'s definitions.
pub(super) fn task_data(generator: &mut SchemaGenerator, event: &EventType) -> Value {
    data::<TaskEventData>(generator, event)
}

/// The same for catalog events.
pub(super) fn catalog_data(generator: &mut SchemaGenerator, event: &EventType) -> Value {
    data::<CatalogEventData>(generator, event)
}

/// The type's schema, narrowed to what this event carries: members that it lacks are gone or null, the others are there.
fn data<T: JsonSchema>(generator: &mut SchemaGenerator, event: &EventType) -> Value {
    let mut schema = T::json_schema(generator).to_value();
    schema["title"] = json!(event.kind);
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
pub(super) fn routes(names: &Names) -> Router {
    let documents: Map<String, Value> = documents(names).into_iter().collect();
    let list: Vec<_> = documents.keys().map(|file| format!("/discovery/v1/schemas/{file}")).collect();
    let list = json!({"schemas": list});
    let one = move |Path(file): Path<String>| async move {
        let missing = || Problem::not_found("no type of event has this name; `/discovery/v1/schemas` lists all");
        let document = documents.get(&file).ok_or_else(missing)?;
        Ok::<_, Problem>(([(header::CONTENT_TYPE, "application/schema+json")], document.to_string()))
    };
    Router::new()
        .route("/discovery/v1/schemas", get(async move || axum::Json(list.clone())))
        .route("/discovery/v1/schemas/{file}", get(one))
}

fn documents(names: &Names) -> Vec<(String, Value)> {
    let tasks = task_events(names).into_iter().map(|event| document(names, &event, task_data));
    let catalog = catalog_events().into_iter().map(|event| document(names, &event, catalog_data));
    tasks.chain(catalog).collect()
}

type Data = fn(&mut SchemaGenerator, &EventType) -> Value;

fn document(names: &Names, event: &EventType, data: Data) -> (String, Value) {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let schema = data(&mut generator, event);
    let mut document = Map::new();
    document.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    document.insert("$id".to_owned(), json!(address(names, &event.kind)));
    document.extend(schema.as_object().cloned().unwrap_or_default());
    let definitions = generator.take_definitions(true);
    if !definitions.is_empty() {
        document.insert("$defs".to_owned(), Value::Object(definitions));
    }
    (format!("{}.json", event.kind), Value::Object(document))
}
