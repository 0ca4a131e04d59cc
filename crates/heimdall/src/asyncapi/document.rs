use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::channels::{channels, operations};
use super::{AsyncApi, envelope, message};

const DESCRIPTION: &str = "\
Events are CloudEvents 1.0, in structured mode unless an installation chooses binary mode; readers take both. Records are \
keyed, and keys are spread with murmur2: events of one key stay in order. Delivery is at least once, so that a reader must \
know an event again by its `source` and `id`.";

/// The AsyncAPI document.
pub fn document(api: &AsyncApi) -> Value {
    let mut settings = SchemaSettings::draft07();
    settings.definitions_path = "/components/schemas".into();
    let mut generator = settings.into_generator();

    let mut messages = Map::new();
    for event in api.events() {
        let data = message::data(&mut generator, event);
        messages.insert(event.kind.to_string(), message::message(api, event, &data));
    }
    let mut schemas = generator.take_definitions(true);
    schemas.insert("CloudEvent".to_owned(), envelope::attributes(&api.sources()));
    schemas.insert("RecordHeaders".to_owned(), envelope::headers());
    if !api.reads.is_empty() {
        messages.insert("dead-letter".to_owned(), message::dead_letter());
        schemas.insert("DeadLetterHeaders".to_owned(), envelope::dead_letter_headers());
    }
    let about = api.description.as_ref().map_or_else(String::new, |about| format!("{about}\n\n"));
    let mut info = json!({"title": api.title, "version": api.version, "description": about + DESCRIPTION});
    if let Some(license) = &api.license {
        info["license"] = licence(license);
    }
    json!({
        "asyncapi": "3.0.0",
        "id": format!("urn:{}", api.name),
        "info": info,
        "defaultContentType": message::CONTENT_TYPE,
        "servers": {"kafka": server()},
        "channels": channels(api),
        "operations": operations(api),
        "components": {"messages": messages, "schemas": schemas},
    })
}

/// An SPDX expression; one that is a single licence has its text under its name.
fn licence(expression: &str) -> Value {
    if expression.contains([' ', '(', ':']) {
        return json!({"name": expression});
    }
    json!({"name": expression, "url": format!("https://spdx.org/licenses/{expression}.html")})
}

fn server() -> Value {
    json!({
        "host": "{brokers}",
        "protocol": "kafka",
        "description": "Apache Kafka, where `log.adapter` is `kafka`. The embedded log has the same topics inside the application's database.",
        "variables": {"brokers": {"default": "localhost:9092", "description": "The first of `kafka.brokers`"}},
    })
}
