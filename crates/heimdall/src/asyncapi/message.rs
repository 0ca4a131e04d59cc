use schemars::SchemaGenerator;
use serde_json::{Value, json};

use super::AsyncApi;
use crate::messaging::topics::EventDescription;

pub(super) use crate::messaging::envelope::STRUCTURED as CONTENT_TYPE;

const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// The schema of an event's data, with its name and what it means.
pub(super) fn data(generator: &mut SchemaGenerator, event: &EventDescription) -> Value {
    let mut schema = event.schema(generator).to_value();
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("title".to_owned(), json!(event.kind));
        if let Some(summary) = &event.summary {
            schema.insert("description".to_owned(), json!(summary));
        }
        // The document has one dialect, which it names itself.
        schema.remove("$schema");
        schema.remove("definitions");
    }
    schema
}

/// The message of an event whose data has this schema.
pub(super) fn message(api: &AsyncApi, event: &EventDescription, data: &Value) -> Value {
    let payload = json!({
        "allOf": [
            {"$ref": "#/components/schemas/CloudEvent"},
            {
                "type": "object",
                "required": ["data"],
                "properties": {"type": {"type": "string", "const": event.kind}, "data": data},
            },
        ],
    });
    let key = event.key.as_deref().unwrap_or("What order is kept by");
    let summary = event.summary.as_deref().or_else(|| data["description"].as_str()).unwrap_or("An event");
    let mut message = json!({
        "name": event.kind,
        "title": event.kind,
        "summary": summary,
        "contentType": CONTENT_TYPE,
        "headers": {"$ref": "#/components/schemas/RecordHeaders"},
        "payload": payload,
        "correlationId": {"location": "$message.payload#/correlationid"},
        "bindings": {"kafka": {"key": {"type": "string", "description": key}, "bindingVersion": "0.5.0"}},
    });
    if let Some(example) = &event.example {
        message["examples"] = json!([{
            "name": "example",
            "headers": {"content-type": CONTENT_TYPE, "traceparent": TRACEPARENT},
            "payload": envelope(api, event, example),
        }]);
    }
    message
}

/// The whole event, in structured mode.
fn envelope(api: &AsyncApi, event: &EventDescription, data: &Value) -> Value {
    let subject = event.example_key.as_deref().unwrap_or("example");
    json!({
        "specversion": "1.0",
        "id": "0198c0de-0000-7000-8000-0000000000aa",
        "source": event.source.as_deref().unwrap_or(&api.source),
        "type": event.kind,
        "subject": subject,
        "time": "2026-01-01T00:00:03Z",
        "datacontenttype": "application/json",
        "dataschema": api.schema_address(&event.kind),
        "correlationid": "0198c0de-0000-7000-8000-0000000000bb",
        "partitionkey": subject,
        "traceparent": TRACEPARENT,
        "data": data,
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
