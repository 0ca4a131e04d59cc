use application::events::{EventSubject, IntegrationEvent};
use heimdall::messaging::dead_letter;
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::example;
use crate::api::Names;
use crate::discovery::schemas::{address, data};

/// What the structured mode of `CloudEvents` is called.
pub(super) const CONTENT_TYPE: &str = "application/cloudevents+json; charset=UTF-8";

const CATALOG_SOURCE: &str = "/backstage/catalog";

/// A message of the document.
pub(super) struct Message {
    /// Its name: the event's type.
    pub(super) name: String,
    /// The message object.
    pub(super) object: Value,
}

impl Message {
    /// The message of an event, with references into `generator`'s definitions.
    pub(super) fn new(names: &Names, event: IntegrationEvent, generator: &mut SchemaGenerator) -> Self {
        let (kind, about) = (event.type_in(&names.task_namespace), event.describe());
        let (source, key) = match about.subject {
            EventSubject::Task { .. } => (names.task_source.as_str(), "The task's id"),
            EventSubject::Entity { .. } => (CATALOG_SOURCE, "The entity's reference, in lower case"),
        };
        let data = data(generator, &about, &kind);
        let payload = json!({
            "allOf": [
                {"$ref": "#/components/schemas/CloudEvent"},
                {
                    "type": "object",
                    "required": ["data"],
                    "properties": {
                        "type": {"type": "string", "const": kind},
                        "data": data,
                    },
                },
            ],
        });
        let object = json!({
            "name": kind,
            "title": kind,
            "summary": about.summary,
            "contentType": CONTENT_TYPE,
            "headers": {"$ref": "#/components/schemas/RecordHeaders"},
            "payload": payload,
            "correlationId": {"location": "$message.payload#/correlationid"},
            "bindings": {"kafka": {"key": {"type": "string", "description": key}, "bindingVersion": "0.5.0"}},
            "examples": [{
                "name": "example",
                "headers": {"content-type": CONTENT_TYPE, "traceparent": example::TRACEPARENT},
                "payload": example::envelope(event, &kind, source, &address(names, &kind)),
            }],
        });
        Self { name: kind, object }
    }
}

/// The attributes of an event in structured mode.
pub(super) fn envelope() -> Value {
    let text = |description: &str| json!({"type": "string", "minLength": 1, "description": description});
    json!({
        "title": "CloudEvent",
        "description": "CloudEvents 1.0 in structured mode. In binary mode the attributes are headers that begin with `ce_`, and the record's value is `data`.",
        "type": "object",
        "required": ["id", "source", "specversion", "type"],
        "properties": {
            "specversion": {"type": "string", "const": "1.0"},
            "id": text("Unique within its source; ours are UUIDs of version 7."),
            "source": text("Who tells: `/valkyrie/scaffolder` or `/backstage/catalog`."),
            "type": text("What happened."),
            "subject": text("What it happened to: the record's key."),
            "time": {"type": "string", "format": "date-time", "description": "When it happened."},
            "datacontenttype": {"type": "string", "const": "application/json"},
            "dataschema": {"type": "string", "format": "uri", "description": "The JSON Schema of `data`."},
            "correlationid": text("Names the whole conversation that the event belongs to."),
            "causationid": text("The event or the request that caused this one."),
            "partitionkey": text("The record's key."),
            "traceparent": text("Where the event was made, as in W3C Trace Context."),
            "data": {"description": "What the event carries."},
        },
    })
}

/// The headers of a record in structured mode.
pub(super) fn headers() -> Value {
    json!({
        "type": "object",
        "properties": {
            "content-type": {"type": "string", "description": "Tells structured mode (`application/cloudevents+json`) from binary mode."},
            "traceparent": {"type": "string", "description": "The last hop, as in W3C Trace Context."},
            "tracestate": {"type": "string", "description": "What else tracing systems know of it."},
        },
    })
}

/// A record that waits for a person.
pub(super) fn dead_letter() -> Value {
    json!({
        "name": "dead-letter",
        "title": "A record that can't be handled",
        "summary": "The record as it came, with the reason in its headers.",
        "headers": {"$ref": "#/components/schemas/DeadLetterHeaders"},
        "payload": {"description": "As it came, whatever it is."},
        "bindings": {"kafka": {"key": {"type": "string", "description": "As it came"}, "bindingVersion": "0.5.0"}},
    })
}

/// The headers of a record that waits for a person.
pub(super) fn dead_letter_headers() -> Value {
    let about = [
        (dead_letter::REASON, "`undecodable`, `rejected`, `exhausted` or `panicked`"),
        (dead_letter::DETAIL, "What was wrong, for people"),
        (dead_letter::GROUP, "The consumer group that could not process the record"),
        (dead_letter::TOPIC, "The topic that the record stood in"),
        (dead_letter::PARTITION, "The partition that it stood in"),
        (dead_letter::OFFSET, "Its offset there"),
        (dead_letter::ATTEMPTS, "How often it was tried"),
        (dead_letter::TIME, "When it was parked, as in RFC 3339"),
        (dead_letter::KEY, "The key in Base64, where it is absent (then this is empty) or no text"),
        (dead_letter::NO_PAYLOAD, "Is there when the record had no payload at all"),
    ];
    let header = |(name, about): (&str, &str)| (name.to_owned(), json!({"type": "string", "description": about}));
    let optional = [dead_letter::KEY, dead_letter::NO_PAYLOAD];
    let required: Vec<_> = about.iter().map(|(name, _)| *name).filter(|name| !optional.contains(name)).collect();
    json!({
        "type": "object",
        "description": "The headers that the record came with, and why it is here.",
        "required": required,
        "properties": about.into_iter().map(header).collect::<Map<_, _>>(),
    })
}
