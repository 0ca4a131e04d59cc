use application::events::{EventSubject, IntegrationEvent};
use heimdall::messaging::topics::{dead_letter_topic, retry_topic};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::message::{self, Message};
use crate::api::Names;

const DESCRIPTION: &str = "\
What Valkyrie tells on topics, and what it listens to. Events are CloudEvents 1.0, in structured mode unless an installation \
chooses binary mode; readers take both. Records are keyed, and keys are spread with murmur2: events of one key stay in order. \
Delivery is at least once, so that a reader must know an event again by its `source` and `id`.";

/// The AsyncAPI document.
pub(in crate::discovery) fn document(names: &Names) -> Value {
    let mut settings = SchemaSettings::draft07();
    settings.definitions_path = "/components/schemas".into();
    let mut generator = settings.into_generator();

    let (mut tasks, mut catalog) = (Vec::new(), Vec::new());
    for event in IntegrationEvent::ALL {
        let messages = match event.describe().subject {
            EventSubject::Task { .. } => &mut tasks,
            EventSubject::Entity { .. } => &mut catalog,
        };
        messages.push(Message::new(names, *event, &mut generator));
    }

    let mut schemas = generator.take_definitions(true);
    schemas.insert("CloudEvent".to_owned(), message::envelope());
    schemas.insert("RecordHeaders".to_owned(), message::headers());
    schemas.insert("DeadLetterHeaders".to_owned(), message::dead_letter_headers());
    let messages = tasks.iter().chain(&catalog).map(|message| (message.name.clone(), message.object.clone()));
    let mut messages: Map<_, _> = messages.collect();
    messages.insert("dead-letter".to_owned(), message::dead_letter());

    json!({
        "asyncapi": "3.0.0",
        "id": "urn:valkyrie:scaffolder",
        "info": {
            "title": "Valkyrie events",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": message::CONTENT_TYPE,
        "servers": {"kafka": server()},
        "channels": channels(names, &tasks, &catalog),
        "operations": operations(names, &tasks, &catalog),
        "components": {"messages": messages, "schemas": schemas},
    })
}

fn server() -> Value {
    json!({
        "host": "{brokers}",
        "protocol": "kafka",
        "description": "Apache Kafka, where `log.adapter` is `kafka`. The embedded log has the same topics inside the application's database.",
        "variables": {"brokers": {"default": "localhost:9092", "description": "The first of `kafka.brokers`"}},
    })
}

fn channels(names: &Names, tasks: &[Message], catalog: &[Message]) -> Value {
    let topic = format!("{}{{kind}}", names.catalog_topic_prefix);
    let kind = json!({"kind": {
        "description": "The kind of the entities, in lower case. Topics of new kinds are noticed.",
        "examples": ["component", "api", "resource", "system", "domain", "group", "user", "location", "template"],
    }});
    json!({
        "scaffoldTask": {
            "address": names.task_topic,
            "title": "What happens to scaffold tasks",
            "description": "The key of a record is the task's id.",
            "messages": references(tasks),
        },
        "catalog": {
            "address": topic,
            "title": "What happens in the Backstage catalog",
            "description": "The key of a record is the entity's reference in lower case.",
            "parameters": kind,
            "messages": references(catalog),
        },
        "catalogRetry": {
            "address": retry_topic(&topic, &names.catalog_group),
            "title": "Catalog events to try again later",
            "description": "Made for the group, and empty: what fails is tried again in its place, so that the order of its key stays.",
            "parameters": kind,
            "messages": references(catalog),
        },
        "catalogDeadLetter": {
            "address": dead_letter_topic(&topic, &names.catalog_group),
            "title": "Catalog records that wait for a person",
            "description": "Records that can't be handled, or can't even be read: as they came, with the reason in the headers.",
            "parameters": kind,
            "messages": {"dead-letter": {"$ref": "#/components/messages/dead-letter"}},
        },
    })
}

fn references(messages: &[Message]) -> Value {
    let reference =
        |message: &Message| (message.name.clone(), json!({"$ref": format!("#/components/messages/{}", message.name)}));
    Value::Object(messages.iter().map(reference).collect())
}

fn operations(names: &Names, tasks: &[Message], catalog: &[Message]) -> Value {
    let dead_letter = json!([{"$ref": "#/channels/catalogDeadLetter/messages/dead-letter"}]);
    let mut follow = operation(
        "receive",
        "catalog",
        "Follows the catalog, to show it and to notice services that are gone.",
        &on("catalog", catalog),
    );
    follow["bindings"] =
        json!({"kafka": {"groupId": {"type": "string", "const": names.catalog_group}, "bindingVersion": "0.5.0"}});
    json!({
        "tellAboutTasks": operation("send", "scaffoldTask", "Tells what happens to scaffold tasks.", &on("scaffoldTask", tasks)),
        "followCatalog": follow,
        "parkCatalogRecord": operation("send", "catalogDeadLetter", "Parks a record that can't be handled.", &dead_letter),
    })
}

fn operation(action: &str, channel: &str, summary: &str, messages: &Value) -> Value {
    json!({
        "action": action,
        "channel": {"$ref": format!("#/channels/{channel}")},
        "summary": summary,
        "messages": messages,
    })
}

fn on(channel: &str, messages: &[Message]) -> Value {
    let reference = |message: &Message| json!({"$ref": format!("#/channels/{channel}/messages/{}", message.name)});
    messages.iter().map(reference).collect()
}
